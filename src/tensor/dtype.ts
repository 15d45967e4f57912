/** Every element type of ONNX, under the short names of Rust, wasm and WGSL. One row a type; all else derives from it. */
const rows = {
  f32: { bits: 32, kind: "float", array: Float32Array },
  f64: { bits: 64, kind: "float", array: Float64Array },
  f16: { bits: 16, kind: "float", array: Uint16Array },
  bf16: { bits: 16, kind: "float", array: Uint16Array },
  f8e4m3fn: { bits: 8, kind: "float", array: Uint8Array },
  f8e4m3fnuz: { bits: 8, kind: "float", array: Uint8Array },
  f8e5m2: { bits: 8, kind: "float", array: Uint8Array },
  f8e5m2fnuz: { bits: 8, kind: "float", array: Uint8Array },
  f8e8m0: { bits: 8, kind: "float", array: Uint8Array },
  f4e2m1: { bits: 4, kind: "float", array: Uint8Array },
  i8: { bits: 8, kind: "int", array: Int8Array },
  i16: { bits: 16, kind: "int", array: Int16Array },
  i32: { bits: 32, kind: "int", array: Int32Array },
  i64: { bits: 64, kind: "int", array: BigInt64Array },
  i4: { bits: 4, kind: "int", array: Uint8Array },
  i2: { bits: 2, kind: "int", array: Uint8Array },
  u8: { bits: 8, kind: "uint", array: Uint8Array },
  u16: { bits: 16, kind: "uint", array: Uint16Array },
  u32: { bits: 32, kind: "uint", array: Uint32Array },
  u64: { bits: 64, kind: "uint", array: BigUint64Array },
  u4: { bits: 4, kind: "uint", array: Uint8Array },
  u2: { bits: 2, kind: "uint", array: Uint8Array },
  bool: { bits: 8, kind: "bool", array: Uint8Array },
  c64: { bits: 64, kind: "complex", array: Float32Array },
  c128: { bits: 128, kind: "complex", array: Float64Array },
  string: { bits: 0, kind: "string", array: Array },
} as const;

export type DType = keyof typeof rows;
export type DTypeKind = (typeof rows)[DType]["kind"];

/** Facts about element types: `bits` an element takes in memory (0 for strings), what `kind` it is, the array that stores it. */
export const dtypes: { readonly [D in DType]: (typeof rows)[D] } = rows;

export const dtypeNames = Object.keys(rows) as readonly DType[];

/**
 * The array that holds a dtype's elements. f16, bf16 and f8 are raw bits; 2- and 4-bit types are packed, first element in the
 * low bits; complex numbers are (re, im) pairs.
 */
export type DataOf<D extends DType> = D extends "string"
  ? string[]
  : (typeof rows)[Exclude<D, "string">]["array"]["prototype"];

export const isFloat = (dtype: DType): boolean => rows[dtype].kind === "float";
export const isInteger = (dtype: DType): boolean => rows[dtype].kind === "int" || rows[dtype].kind === "uint";
export const is64BitInteger = (dtype: DType): dtype is "i64" | "u64" => dtype === "i64" || dtype === "u64";
/** True for types whose elements share bytes: i4, u4, i2, u2, f4e2m1. */
export const isPacked = (dtype: DType): boolean => rows[dtype].bits > 0 && rows[dtype].bits < 8;

/** Bytes that `count` elements of a dtype take; packed types round up to whole bytes. Strings take none. */
export const bytesFor = (dtype: DType, count: number): number => Math.ceil((rows[dtype].bits * count) / 8);
