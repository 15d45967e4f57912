import { knownDims } from "../graph/known-dims.ts";
import { formatType, tensorType } from "../graph/type.ts";
import type { Builder } from "../ir/builder.ts";
import type { Node } from "../ir/node.ts";
import type { Wide } from "../ir/wide.ts";
import { widen, wideOfF32, wideToF32 } from "../ir/wide.ts";
import type { Dim } from "../tensor/dim.ts";
import { dimAtLeast, unknownDim } from "../tensor/dim.ts";
import type { DType } from "../tensor/dtype.ts";
import { dtypes, is64BitInteger, isFloat, isInteger } from "../tensor/dtype.ts";
import { ShapeError } from "../tensor/errors.ts";
import type { Float8Options } from "../tensor/float8.ts";
import type { NumberArray } from "../tensor/numbers.ts";
import { bigints, fromBigints, fromNumbers, numbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { formatElements, parseElements } from "./cast-string.ts";
import { truthOf } from "./emit.ts";
import { dimsWithin } from "./integer-range.ts";
import { op } from "./op.ts";
import { tensorOperand } from "./tensor-operand.ts";

/** `saturate` (default true) and `roundMode` speak of 8-bit floats only: see Float8Options. */
export type CastAttributes = {
  readonly to: DType;
  readonly saturate?: boolean;
  readonly roundMode?: "up" | "down" | "nearest";
};

/**
 * The elements converted to another dtype. Floats to floats round once, ties to even; integers to integers wrap; floats to
 * integers are cut towards zero, and what the integer cannot hold becomes what onnxruntime and numpy give on x64 (see
 * wholeNumbers); bool is "not zero". Strings: see parseElements and formatElements.
 */
export const cast = op("cast", ["x"], {
  infer([x], { to }: CastAttributes) {
    const type = tensorOperand(x, "x");
    if (type.dtype !== to && [type.dtype, to].some((dtype) => dtypes[dtype].kind === "complex")) {
      throw new ShapeError(`x ${formatType(type)} cannot be cast to ${to}: complex numbers have no cast.`);
    }
    return tensorType(to, type.shape);
  },
  eval: ([x], attributes: CastAttributes) => castTensor(x, attributes.to, attributes),
  emit: (k, [x], { to }: CastAttributes, { operands: [from] }) => emitCast(k, x as Node, { from: from as DType, to }),
  emitWide: (k, [x], { to }: CastAttributes) => emitWideCast(k, x as Node | Wide, to),
  dims([x], { to }: CastAttributes) {
    const known = knownDims(x);
    return known && (to === "bool" ? known.map(isNotZero) : dimsWithin(known, to));
  },
});

/** Integers of up to 32 bits and floats of up to 32; an i32 that is rounded to less than an f32 would be rounded twice. */
function emitCast(k: Builder, x: Node, { from, to }: { readonly from: DType; readonly to: DType }): Node | undefined {
  if (from === to || (isFloat(from) && isFloat(to))) return x;
  if (to === "bool") return truthOf(k, k.ne(x, 0));
  if (!isFloat(from)) return isFloat(to) ? (from === "i32" && to !== "f32" ? undefined : k.toF32(x)) : x;
  const fits = k.lt(k.abs(k.trunc(x)), 2 ** 31);
  return k.select(fits, k.toI32Sat(x), to === "i32" ? -(2 ** 31) : 0);
}

/** To or from i64; an f16 or bf16 of an i64 would be rounded twice. */
function emitWideCast(k: Builder, x: Node | Wide, to: DType): Node | Wide | undefined {
  if (!("low" in x)) return x.type === "vec f32" ? wideOfF32(k, x) : widen(k, x);
  if (to === "i64") return x;
  if (to === "bool") return truthOf(k, k.ne(k.or(x.low, x.high), 0));
  if (isFloat(to)) return to === "f32" ? wideToF32(k, x) : undefined;
  return x.low;
}

const isNotZero = (dim: Dim): Dim =>
  typeof dim === "number" ? Number(dim !== 0) : dimAtLeast(dim, 1) ? 1 : unknownDim;

/** The meaning of `cast`; the same tensor when it has the dtype already. */
export function castTensor(x: Tensor, to: DType, options: Float8Options = {}): Tensor {
  const { dtype, shape } = x;
  if (dtype === to) return x;
  if (dtype === "string") return parseElements(x as Tensor<"string">, to, options);
  if (to === "string") return { dtype: to, shape, data: formatElements(x) };
  if (is64BitInteger(dtype) && (isInteger(to) || dtypes[to].bits > 8)) return fromBigints(to, shape, bigints(x));
  if (isFloat(dtype) && is64BitInteger(to)) return fromBigints(to, shape, wholeBigints(numbers(x), to));
  if (isFloat(dtype) && isInteger(to)) return fromNumbers(to, shape, wholeNumbers(numbers(x), to));
  return fromNumbers(to, shape, numbers(x), options);
}

/**
 * Floats cut to whole numbers that the integer dtype then wraps. x64 converts through i32 (u32 through i64), and gives the least
 * integer of that for NaN and all that is out of its range: hence -2^31 for i32, and 0 for dtypes that keep only the low bits.
 */
function wholeNumbers(values: NumberArray, to: DType): Float64Array {
  const limit = to === "u32" ? 2 ** 63 : 2 ** 31;
  const beyond = to === "i32" ? -(2 ** 31) : 0;
  const out = new Float64Array(values.length);
  for (let i = 0; i < out.length; i++) {
    const whole = Math.trunc(values[i]!);
    out[i] = Math.abs(whole) < limit ? whole : beyond;
  }
  return out;
}

/** The same for 64 bits: -2^63 (2^63 for u64) for NaN and all that is out of range; u64 wraps negative numbers. */
function wholeBigints(values: NumberArray, to: "i64" | "u64"): BigInt64Array | BigUint64Array {
  const limit = to === "i64" ? 2 ** 63 : 2 ** 64;
  const out = to === "i64" ? new BigInt64Array(values.length) : new BigUint64Array(values.length);
  for (let i = 0; i < out.length; i++) {
    const whole = Math.trunc(values[i]!);
    out[i] = whole > -(2 ** 63) && whole < limit ? BigInt(whole) : 2n ** 63n;
  }
  return out;
}
