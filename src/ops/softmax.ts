import { tensorType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount } from "../tensor/tensor.ts";
import { resolveAxis } from "./axis.ts";
import { requireDType } from "./dtype-class.ts";
import { op } from "./op.ts";
import { tensorOperand } from "./tensor-operand.ts";

export type SoftmaxAttributes = { readonly axis: number };

/** exp(x - max) / Σ exp(x - max) along `axis`: no exponential overflows. A row of -∞ only gives NaN, as the formula does. */
export const softmax = op("softmax", ["x"], {
  infer: ([x], attributes: SoftmaxAttributes) => inferAlongAxis(x, attributes),
  eval: ([x], { axis }: SoftmaxAttributes) => alongAxis(x, axis, softmaxRow),
});

/** The type of an operator that maps rows along an axis of floats to rows of the same length. */
export function inferAlongAxis(x: Value, { axis }: SoftmaxAttributes) {
  const type = tensorOperand(x, "x");
  requireDType(type.dtype, "float", "x");
  if (type.shape !== undefined) resolveAxis(axis, type.shape.length);
  return tensorType(type.dtype, type.shape);
}

/** Applies a function to every row along an axis, in place in a buffer of doubles. */
export function alongAxis(x: Tensor, axis: number, mapRow: (row: Float64Array) => void): Tensor {
  const { shape, dtype } = x;
  const at = resolveAxis(axis, shape.length);
  const [count, stride] = [shape[at]!, elementCount(shape.slice(at + 1))];
  const source = numbers(x);
  const target = dtype === "f32" ? new Float32Array(source.length) : new Float64Array(source.length);
  const row = new Float64Array(count);
  if (source.length === 0) return fromNumbers(dtype, shape, target);
  for (let block = 0; block < source.length; block += count * stride) {
    for (let start = block; start < block + stride; start++) {
      for (let i = 0, from = start; i < count; i++, from += stride) row[i] = source[from]!;
      mapRow(row);
      for (let i = 0, to = start; i < count; i++, to += stride) target[to] = row[i]!;
    }
  }
  return fromNumbers(dtype, shape, target);
}

/** The maximum of a row; NaN as soon as one element is NaN. */
export function rowMax(row: Float64Array): number {
  let top = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < row.length; i++) if (row[i]! > top || Number.isNaN(row[i]!)) top = row[i]!;
  return top;
}

function softmaxRow(row: Float64Array): void {
  const top = rowMax(row);
  let sum = 0;
  for (let i = 0; i < row.length; i++) sum += row[i] = Math.exp(row[i]! - top);
  for (let i = 0; i < row.length; i++) row[i] = row[i]! / sum;
}
