import type { StoredBytes } from "../../tensor/stored-bytes.ts";

/**
 * The messages of onnx.proto and onnx-data.proto as one data table, in the notation of those files: `name: [number, kind]`. Left
 * out, so that the decoder skips them: documentation of anything smaller than a model, training, quantization annotations
 * and multi-device configurations; nothing here reads them. `int53` is an int64 that must be a safe integer, `data` are bytes that may stay in
 * the file.
 */
export const messages = {
  ModelProto: {
    ir_version: [1, "int53"],
    opset_import: [8, "repeated OperatorSetIdProto"],
    producer_name: [2, "string"],
    producer_version: [3, "string"],
    domain: [4, "string"],
    model_version: [5, "int64"],
    doc_string: [6, "string"],
    graph: [7, "GraphProto"],
    metadata_props: [14, "repeated StringStringEntryProto"],
    functions: [25, "repeated FunctionProto"],
  },
  OperatorSetIdProto: {
    domain: [1, "string"],
    version: [2, "int53"],
  },
  StringStringEntryProto: {
    key: [1, "string"],
    value: [2, "string"],
  },
  GraphProto: {
    node: [1, "repeated NodeProto"],
    name: [2, "string"],
    initializer: [5, "repeated TensorProto"],
    sparse_initializer: [15, "repeated SparseTensorProto"],
    input: [11, "repeated ValueInfoProto"],
    output: [12, "repeated ValueInfoProto"],
    value_info: [13, "repeated ValueInfoProto"],
    metadata_props: [16, "repeated StringStringEntryProto"],
  },
  NodeProto: {
    input: [1, "repeated string"],
    output: [2, "repeated string"],
    name: [3, "string"],
    op_type: [4, "string"],
    domain: [7, "string"],
    overload: [8, "string"],
    attribute: [5, "repeated AttributeProto"],
    metadata_props: [9, "repeated StringStringEntryProto"],
  },
  AttributeProto: {
    name: [1, "string"],
    ref_attr_name: [21, "string"],
    type: [20, "enum"],
    f: [2, "float"],
    i: [3, "int64"],
    s: [4, "bytes"],
    t: [5, "TensorProto"],
    g: [6, "GraphProto"],
    sparse_tensor: [22, "SparseTensorProto"],
    tp: [14, "TypeProto"],
    floats: [7, "repeated float"],
    ints: [8, "repeated int64"],
    strings: [9, "repeated bytes"],
    tensors: [10, "repeated TensorProto"],
    graphs: [11, "repeated GraphProto"],
    sparse_tensors: [23, "repeated SparseTensorProto"],
    type_protos: [15, "repeated TypeProto"],
  },
  FunctionProto: {
    name: [1, "string"],
    input: [4, "repeated string"],
    output: [5, "repeated string"],
    attribute: [6, "repeated string"],
    attribute_proto: [11, "repeated AttributeProto"],
    node: [7, "repeated NodeProto"],
    opset_import: [9, "repeated OperatorSetIdProto"],
    domain: [10, "string"],
    overload: [13, "string"],
    value_info: [12, "repeated ValueInfoProto"],
    metadata_props: [14, "repeated StringStringEntryProto"],
  },
  TensorProto: {
    dims: [1, "repeated int53"],
    data_type: [2, "int32"],
    segment: [3, "TensorProto.Segment"],
    float_data: [4, "repeated float"],
    int32_data: [5, "repeated int32"],
    string_data: [6, "repeated bytes"],
    int64_data: [7, "repeated int64"],
    name: [8, "string"],
    raw_data: [9, "data"],
    external_data: [13, "repeated StringStringEntryProto"],
    data_location: [14, "enum"],
    double_data: [10, "repeated double"],
    uint64_data: [11, "repeated uint64"],
    metadata_props: [16, "repeated StringStringEntryProto"],
  },
  "TensorProto.Segment": {
    begin: [1, "int53"],
    end: [2, "int53"],
  },
  SparseTensorProto: {
    values: [1, "TensorProto"],
    indices: [2, "TensorProto"],
    dims: [3, "repeated int53"],
  },
  ValueInfoProto: {
    name: [1, "string"],
    type: [2, "TypeProto"],
    metadata_props: [4, "repeated StringStringEntryProto"],
  },
  TypeProto: {
    tensor_type: [1, "TypeProto.Tensor"],
    sequence_type: [4, "TypeProto.Sequence"],
    map_type: [5, "TypeProto.Map"],
    optional_type: [9, "TypeProto.Optional"],
    sparse_tensor_type: [8, "TypeProto.SparseTensor"],
    opaque_type: [7, "TypeProto.Opaque"],
    denotation: [6, "string"],
  },
  "TypeProto.Tensor": {
    elem_type: [1, "int32"],
    shape: [2, "TensorShapeProto"],
  },
  "TypeProto.SparseTensor": {
    elem_type: [1, "int32"],
    shape: [2, "TensorShapeProto"],
  },
  "TypeProto.Sequence": {
    elem_type: [1, "TypeProto"],
  },
  "TypeProto.Optional": {
    elem_type: [1, "TypeProto"],
  },
  "TypeProto.Map": {
    key_type: [1, "int32"],
    value_type: [2, "TypeProto"],
  },
  "TypeProto.Opaque": {
    domain: [1, "string"],
    name: [2, "string"],
  },
  TensorShapeProto: {
    dim: [1, "repeated TensorShapeProto.Dimension"],
  },
  "TensorShapeProto.Dimension": {
    dim_value: [1, "int53"],
    dim_param: [2, "string"],
    denotation: [3, "string"],
  },
  SequenceProto: {
    name: [1, "string"],
    elem_type: [2, "int32"],
    tensor_values: [3, "repeated TensorProto"],
    sparse_tensor_values: [4, "repeated SparseTensorProto"],
    sequence_values: [5, "repeated SequenceProto"],
    map_values: [6, "repeated MapProto"],
    optional_values: [7, "repeated OptionalProto"],
  },
  MapProto: {
    name: [1, "string"],
    key_type: [2, "int32"],
    keys: [3, "repeated int64"],
    string_keys: [4, "repeated bytes"],
    values: [5, "SequenceProto"],
  },
  OptionalProto: {
    name: [1, "string"],
    elem_type: [2, "int32"],
    tensor_value: [3, "TensorProto"],
    sparse_tensor_value: [4, "SparseTensorProto"],
    sequence_value: [5, "SequenceProto"],
    map_value: [6, "MapProto"],
    optional_value: [7, "OptionalProto"],
  },
} as const;

type Messages = typeof messages;
export type MessageName = keyof Messages;

/** A scalar kind of the table, what one value of it is, and what a repeated field of it holds. */
interface Scalars {
  int32: [number, Int32Array];
  enum: [number, Int32Array];
  int53: [number, readonly number[]];
  int64: [bigint, BigInt64Array];
  uint64: [bigint, BigUint64Array];
  float: [number, Float32Array];
  double: [number, Float64Array];
  string: [string, readonly string[]];
  bytes: [Uint8Array, readonly Uint8Array[]];
  data: [Uint8Array | StoredBytes, never];
}
export type ScalarKind = keyof Scalars;

type Camel<S extends string> = S extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : S;
type Single<K> = K extends ScalarKind ? Scalars[K][0] : K extends MessageName ? Message<K> : never;
type List<K> = K extends ScalarKind ? Scalars[K][1] : K extends MessageName ? readonly Message<K>[] : never;
type ValueOf<K> = K extends `repeated ${infer E}` ? List<E> : K extends "string" ? string : Single<K> | undefined;
type KindOf<Row> = Row extends readonly [number, infer Kind] ? Kind : never;

/**
 * A decoded message. Every field of the table is there, under its name in camelCase: an absent string is "", an absent repeated
 * field is empty, any other absent field is undefined.
 */
export type Message<N extends MessageName> = {
  readonly [F in keyof Messages[N] as Camel<F & string>]: ValueOf<KindOf<Messages[N][F]>>;
};

export type ModelProto = Message<"ModelProto">;
export type OperatorSetIdProto = Message<"OperatorSetIdProto">;
export type StringStringEntryProto = Message<"StringStringEntryProto">;
export type GraphProto = Message<"GraphProto">;
export type NodeProto = Message<"NodeProto">;
export type AttributeProto = Message<"AttributeProto">;
export type FunctionProto = Message<"FunctionProto">;
export type TensorProto = Message<"TensorProto">;
export type SparseTensorProto = Message<"SparseTensorProto">;
export type ValueInfoProto = Message<"ValueInfoProto">;
export type TypeProto = Message<"TypeProto">;
export type TensorShapeProto = Message<"TensorShapeProto">;
export type SequenceProto = Message<"SequenceProto">;
export type MapProto = Message<"MapProto">;
export type OptionalProto = Message<"OptionalProto">;
