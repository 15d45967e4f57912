/** The elements of a tensor as numbers or bigints, and tensors from them: what the dtypes' storage hides. */
import { decodeBfloat16, encodeBfloat16 } from "./bfloat16.ts";
import type { DType } from "./dtype.ts";
import { dtypes, isFloat } from "./dtype.ts";
import { ShapeError } from "./errors.ts";
import type { Float8Options, SmallFloat } from "./float8.ts";
import { decodeFloat8, smallFloatEncoder, smallFloatTable } from "./float8.ts";
import { decodeFloat16, encodeFloat16 } from "./float16.ts";
import { packBits, unpackBits, unpackSigned } from "./packed.ts";
import { formatShape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";
import { elementCount } from "./tensor.ts";

export type NumberArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

/**
 * The values of a tensor, one number per element. `t.data` itself where its elements already are numbers (f32, f64, 8- to 32-bit
 * integers, bool); else a fresh array: Float32Array for f16, bf16, f8 and f4, Int8Array or Uint8Array for 4- and 2-bit
 * integers, Float64Array for i64 and u64 (inexact beyond 2^53). Throws a ShapeError for strings and complex numbers.
 */
export function numbers(t: Tensor): NumberArray {
  const { dtype } = t;
  switch (dtype) {
    case "f16":
      return decodeFloat16(t.data as Uint16Array);
    case "bf16":
      return decodeBfloat16(t.data as Uint16Array);
    case "f4e2m1":
      return decodeFloat4(t);
    case "f8e4m3fn":
    case "f8e4m3fnuz":
    case "f8e5m2":
    case "f8e5m2fnuz":
    case "f8e8m0":
      return decodeFloat8(dtype, t.data as Uint8Array);
    case "i4":
    case "i2":
      return unpackSigned(t.data as Uint8Array, dtypes[dtype].bits, elementCount(t.shape));
    case "u4":
    case "u2":
      return unpackBits(t.data as Uint8Array, dtypes[dtype].bits, elementCount(t.shape));
    case "i64":
    case "u64":
      return Float64Array.from(t.data as BigInt64Array, Number);
    case "string":
    case "c64":
    case "c128":
      throw new ShapeError(`A tensor of dtype ${dtype} cannot be read as one number per element.`);
    default:
      return t.data as NumberArray;
  }
}

function decodeFloat4(t: Tensor): Float32Array {
  const table = smallFloatTable("f4e2m1");
  return Float32Array.from(unpackBits(t.data as Uint8Array, 4, elementCount(t.shape)), (bits) => table[bits]!);
}

/** The values of an integer or bool tensor as bigints; `t.data` itself for i64 and u64. Throws a ShapeError for other dtypes. */
export function bigints(t: Tensor): BigInt64Array | BigUint64Array {
  if (t.dtype === "i64" || t.dtype === "u64") return t.data as BigInt64Array | BigUint64Array;
  const { kind } = dtypes[t.dtype];
  if (kind !== "int" && kind !== "uint" && kind !== "bool") {
    throw new ShapeError(`A tensor of dtype ${t.dtype} cannot be read as integers.`);
  }
  return BigInt64Array.from(numbers(t) as Int32Array, BigInt);
}

/**
 * A tensor of the values, each converted to the dtype: floats rounded once to nearest, ties to even; integers cut to whole
 * numbers and wrapped as typed arrays do (NaN and infinities become 0); bool is value !== 0; f8 and f4 as in ONNX Cast, under `options`.
 * `values` itself becomes the storage where it is the dtype's array already. Throws a ShapeError when it does not have one
 * number per element, and for strings and complex numbers.
 */
export function fromNumbers<D extends DType>(
  dtype: D,
  shape: readonly number[],
  values: ArrayLike<number>,
  options: Float8Options = {},
): Tensor<D> {
  checkCount(dtype, shape, values.length);
  return { dtype, shape, data: encode(dtype, values, options) as Tensor<D>["data"] };
}

function checkCount(dtype: DType, shape: readonly number[], count: number): void {
  if (elementCount(shape) !== count) {
    throw new ShapeError(`A tensor ${dtype}${formatShape(shape)} needs ${elementCount(shape)} values, got ${count}.`);
  }
}

function encode(dtype: DType, values: ArrayLike<number>, options: Float8Options): Tensor["data"] {
  switch (dtype) {
    case "f16":
      return encodeFloat16(values);
    case "bf16":
      return encodeBfloat16(values);
    case "f4e2m1":
      return packBits(encodeSmallFloat(dtype, values, options), 4);
    case "f8e4m3fn":
    case "f8e4m3fnuz":
    case "f8e5m2":
    case "f8e5m2fnuz":
    case "f8e8m0":
      return encodeSmallFloat(dtype, values, options);
    case "i4":
    case "u4":
    case "i2":
    case "u2":
      return packBits(values, dtypes[dtype].bits);
    case "i64":
      return BigInt64Array.from(values, wholeBigint);
    case "u64":
      return BigUint64Array.from(values, wholeBigint);
    case "bool":
      return encodeBool(values);
    case "string":
    case "c64":
    case "c128":
      throw new ShapeError(`A tensor of dtype ${dtype} cannot be made from one number per element.`);
    default: {
      const { array } = dtypes[dtype];
      return values instanceof array ? values : new (array as Float32ArrayConstructor)(values);
    }
  }
}

function encodeSmallFloat(dtype: SmallFloat, values: ArrayLike<number>, options: Float8Options): Uint8Array {
  const bitsOf = smallFloatEncoder(dtype, options);
  const out = new Uint8Array(values.length);
  for (let i = 0; i < out.length; i++) out[i] = bitsOf(values[i]!);
  return out;
}

function encodeBool(values: ArrayLike<number>): Uint8Array {
  if (values instanceof Uint8Array && values.every((value) => value <= 1)) return values;
  const out = new Uint8Array(values.length);
  for (let i = 0; i < out.length; i++) out[i] = values[i]! !== 0 ? 1 : 0;
  return out;
}

const wholeBigint = (value: number): bigint => (Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n);

/**
 * A tensor of integers converted to the dtype: wrapped for integer dtypes, rounded once for floats, value !== 0n for bool.
 * `values` itself becomes the storage where it is the dtype's array already. Errors as fromNumbers.
 */
export function fromBigints<D extends DType>(dtype: D, shape: readonly number[], values: ArrayLike<bigint>): Tensor<D> {
  if (dtype === "i64" || dtype === "u64") {
    checkCount(dtype, shape, values.length);
    const { array } = dtypes[dtype];
    return {
      dtype,
      shape,
      data: (values instanceof array ? values : new (array as BigInt64ArrayConstructor)(values)) as Tensor<D>["data"],
    };
  }
  const convert = isFloat(dtype) && dtype !== "f64" ? roundedToOdd : dtype === "f64" ? Number : lowBits;
  return fromNumbers(dtype, shape, Array.from(values, convert));
}

/** The low 32 bits, with a nonzero number for any nonzero bigint, so that bool sees it. */
const lowBits = (value: bigint): number => {
  const low = Number(BigInt.asIntN(32, value));
  return low === 0 && value !== 0n ? 2 ** 32 : low;
};

/** A double which any narrower float rounds as it would round the bigint: bits that do not fit are gathered in the last one. */
function roundedToOdd(value: bigint): number {
  const magnitude = value < 0n ? -value : value;
  const dropped = BigInt(Math.max(0, magnitude.toString(2).length - 53));
  const kept = magnitude >> dropped;
  const sticky = kept << dropped === magnitude ? kept : kept | 1n;
  return Number((value < 0n ? -sticky : sticky) << dropped);
}

/** A tensor of shape [] that holds one value, converted to the dtype. */
export function scalar<D extends DType>(dtype: D, value: number | bigint | string | boolean): Tensor<D> {
  if (dtype === "string") return { dtype, shape: [], data: [String(value)] as Tensor<D>["data"] };
  if (typeof value === "string") throw new ShapeError(`A ${dtype} scalar cannot be made from the string "${value}".`);
  return typeof value === "bigint" ? fromBigints(dtype, [], [value]) : fromNumbers(dtype, [], [Number(value)]);
}
