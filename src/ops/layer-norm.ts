import type { NumberArray } from "../tensor/numbers.ts";
import { op } from "./op.ts";
import type { TrailingNormAttributes } from "./trailing-norm.ts";
import { inferTrailingNorm, normalizeRows } from "./trailing-norm.ts";

/** (x - mean) / √(variance + epsilon) · scale + bias over the axes from `axis` on. Statistics in f64, one rounding at the end. */
export const layerNorm = op("layerNorm", ["x", "scale?", "bias?"], {
  infer: ([x, scale, bias], attributes: TrailingNormAttributes) => inferTrailingNorm(x, attributes, { scale, bias }),
  eval: ([x, scale, bias], { axis, epsilon }: TrailingNormAttributes) =>
    normalizeRows(x, axis, (row, from, count) => centred(row, from, count, epsilon), scale, bias),
});

/** The mean of a row and 1 / √(variance + epsilon), the variance in a second pass over the differences. */
function centred(row: NumberArray, from: number, count: number, epsilon: number): readonly [number, number] {
  let sum = 0;
  for (let i = from; i < from + count; i++) sum += row[i]!;
  const mean = sum / count;
  let squares = 0;
  for (let i = from; i < from + count; i++) squares += (row[i]! - mean) ** 2;
  return [mean, 1 / Math.sqrt(squares / count + epsilon)];
}
