// Small ONNX files for tests, written by the wire writer of @bufbuild/protobuf from the reader's schema table.
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { MessageName } from "../../formats/onnx/schema.ts";
import { messages } from "../../formats/onnx/schema.ts";

/** A message by the field names of onnx.proto; repeated fields are arrays. Fields that are undefined are left out. */
export type Fields = Readonly<Record<string, unknown>>;

/** A graph in an attribute, without inputs of its own. */
export type TestBody = Pick<TestModel, "nodes" | "outputs">;

/** The fields of a TensorProto, its dtype and dims as in `f32[3]`. */
export type TestTensor = { readonly type: string } & Fields;

/** Attributes by name: integers as bigints, floats as numbers, texts, lists of them, tensors, and bodies. */
export type TestAttributes = Readonly<
  Record<string, bigint | number | string | readonly (bigint | number | string)[] | TestTensor | TestBody>
>;

export interface TestNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly name?: string;
  readonly domain?: string;
  readonly attributes?: TestAttributes;
}

export interface TestModel {
  /** Types by name, as messages print them: `f32[N,3]`, `i64[]`. A dim that is no number is a symbol. */
  readonly inputs: Readonly<Record<string, string>>;
  /** TensorProtos, their dtype as in `inputs`. */
  readonly initializers?: Readonly<Record<string, TestTensor>>;
  readonly nodes: readonly TestNode[];
  readonly outputs: readonly string[];
  readonly opsets?: Readonly<Record<string, number>>;
  readonly irVersion?: number;
}

const elementTypes: Readonly<Record<string, number>> = {
  f32: 1,
  u8: 2,
  i8: 3,
  i32: 6,
  i64: 7,
  string: 8,
  bool: 9,
  f16: 10,
  f64: 11,
  c64: 14,
  bf16: 16,
};

/** The bytes of a .onnx file. Of its outputs only the names are declared. */
export function onnxModel({ inputs, initializers = {}, nodes, outputs, opsets, irVersion = 9 }: TestModel): Uint8Array {
  return encode("ModelProto", {
    ir_version: irVersion,
    opset_import: Object.entries(opsets ?? { "": 21 }).map(([domain, version]) => ({ domain, version })),
    graph: {
      name: "test",
      input: Object.entries(inputs).map(([name, type]) => ({ name, type: { tensor_type: tensorType(type) } })),
      output: outputs.map((name) => ({ name })),
      initializer: Object.entries(initializers).map(([name, tensor]) => ({ name, ...tensorProto(tensor) })),
      node: nodes.map(nodeProto),
    },
  });
}

function tensorProto({ type, ...fields }: TestTensor): Fields {
  const [dtype, dims] = parseType(type);
  return { data_type: elementTypes[dtype], dims: dims?.map(Number), ...fields };
}

const nodeProto = ({ op, inputs, outputs, name, domain, attributes = {} }: TestNode): Fields => ({
  op_type: op,
  input: inputs,
  output: outputs,
  name,
  domain,
  attribute: Object.entries(attributes).map(([key, value]) => ({ name: key, ...attributeFields(value) })),
});

const isBody = (value: object): value is TestBody => "nodes" in value;

function attributeFields(value: TestAttributes[string]): Fields {
  if (typeof value === "bigint") return { type: 2, i: value };
  if (typeof value === "number") return { type: 1, f: value };
  if (typeof value === "string") return { type: 3, s: new TextEncoder().encode(value) };
  if (isBody(value)) {
    const output = value.outputs.map((name) => ({ name }));
    return { type: 5, g: { name: "body", node: value.nodes.map(nodeProto), output } };
  }
  if ("type" in value) return { type: 4, t: tensorProto(value) };
  if (typeof value[0] === "bigint") return { type: 7, ints: value };
  if (typeof value[0] === "string")
    return { type: 8, strings: value.map((text) => new TextEncoder().encode(String(text))) };
  return { type: 6, floats: value };
}

function tensorType(type: string): Fields {
  const [dtype, dims] = parseType(type);
  const dim = dims?.map((text) => (/^\d+$/.test(text) ? { dim_value: Number(text) } : { dim_param: text }));
  return { elem_type: elementTypes[dtype], shape: dim && { dim } };
}

/** `f32[N,3]` as its dtype and dims; the dims of `f32[...]` are undefined. */
function parseType(type: string): [dtype: string, dims: readonly string[] | undefined] {
  const [, dtype = "", dims = ""] = /^(\w+)\[(.*)\]$/.exec(type) ?? [];
  if (elementTypes[dtype] === undefined) throw new Error(`"${type}" is no type that tests can write.`);
  return [dtype, dims === "..." ? undefined : dims === "" ? [] : dims.split(",")];
}

function encode(name: MessageName, fields: Fields): Uint8Array {
  const writer = new BinaryWriter();
  const table = messages[name] as Readonly<Record<string, readonly [number, string]>>;
  for (const [key, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    const [number, kind] = table[key] ?? [];
    if (number === undefined || kind === undefined) throw new Error(`${name} has no field "${key}".`);
    const isRepeated = kind.startsWith("repeated ");
    for (const one of isRepeated ? (value as readonly unknown[]) : [value]) {
      writeField(writer, number, isRepeated ? kind.slice("repeated ".length) : kind, one);
    }
  }
  return writer.finish();
}

function writeField(writer: BinaryWriter, number: number, kind: string, value: unknown): void {
  if (kind === "string") return void writer.tag(number, WireType.LengthDelimited).string(value as string);
  if (kind === "bytes" || kind === "data")
    return void writer.tag(number, WireType.LengthDelimited).bytes(value as Uint8Array);
  if (kind === "float") return void writer.tag(number, WireType.Bit32).float(value as number);
  if (kind === "double") return void writer.tag(number, WireType.Bit64).double(value as number);
  if (kind === "uint64") return void writer.tag(number, WireType.Varint).uint64(value as bigint);
  if (kind in messages) {
    const inner = encode(kind as MessageName, value as Fields);
    return void writer.tag(number, WireType.LengthDelimited).bytes(inner);
  }
  writer.tag(number, WireType.Varint).int64(BigInt(value as number));
}
