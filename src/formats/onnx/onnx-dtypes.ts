import type { DType } from "../../tensor/dtype.ts";
import type { TensorProto } from "./schema.ts";

/** The field of a TensorProto that holds a dtype's elements when they are not raw bytes. */
export type DataField = "floatData" | "int32Data" | "int64Data" | "uint64Data" | "doubleData" | "stringData";

interface OnnxDType {
  /** TensorProto.DataType */
  readonly code: number;
  readonly name: string;
  readonly field: DataField & keyof TensorProto;
}

const row = (code: number, name: string, field: DataField): OnnxDType => ({ code, name, field });

/** How ONNX numbers and names each dtype. One row a dtype. */
export const onnxDTypes: Readonly<Record<DType, OnnxDType>> = {
  f32: row(1, "FLOAT", "floatData"),
  u8: row(2, "UINT8", "int32Data"),
  i8: row(3, "INT8", "int32Data"),
  u16: row(4, "UINT16", "int32Data"),
  i16: row(5, "INT16", "int32Data"),
  i32: row(6, "INT32", "int32Data"),
  i64: row(7, "INT64", "int64Data"),
  string: row(8, "STRING", "stringData"),
  bool: row(9, "BOOL", "int32Data"),
  f16: row(10, "FLOAT16", "int32Data"),
  f64: row(11, "DOUBLE", "doubleData"),
  u32: row(12, "UINT32", "uint64Data"),
  u64: row(13, "UINT64", "uint64Data"),
  c64: row(14, "COMPLEX64", "floatData"),
  c128: row(15, "COMPLEX128", "doubleData"),
  bf16: row(16, "BFLOAT16", "int32Data"),
  f8e4m3fn: row(17, "FLOAT8E4M3FN", "int32Data"),
  f8e4m3fnuz: row(18, "FLOAT8E4M3FNUZ", "int32Data"),
  f8e5m2: row(19, "FLOAT8E5M2", "int32Data"),
  f8e5m2fnuz: row(20, "FLOAT8E5M2FNUZ", "int32Data"),
  u4: row(21, "UINT4", "int32Data"),
  i4: row(22, "INT4", "int32Data"),
  f4e2m1: row(23, "FLOAT4E2M1", "int32Data"),
  f8e8m0: row(24, "FLOAT8E8M0", "int32Data"),
  u2: row(25, "UINT2", "int32Data"),
  i2: row(26, "INT2", "int32Data"),
};

const byCode: readonly (DType | undefined)[] = Object.entries(onnxDTypes).reduce<(DType | undefined)[]>(
  (list, [dtype, { code }]) => {
    list[code] = dtype as DType;
    return list;
  },
  [],
);

/** The dtype that a TensorProto.DataType code stands for; undefined for 0 (undefined) and for codes that are not known. */
export const dataTypeToDType = (code: number): DType | undefined => byCode[code];

/** The TensorProto.DataType code of a dtype. */
export const dtypeToDataType = (dtype: DType): number => onnxDTypes[dtype].code;
