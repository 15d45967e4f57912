import { op } from "./op.ts";
import type { TrailingNormAttributes } from "./trailing-norm.ts";
import { inferTrailingNorm, normalizeRows } from "./trailing-norm.ts";

/** x / √(mean(x²) + epsilon) · scale over the axes from `axis` on. Squares are summed in f64; one rounding at the end. */
export const rmsNorm = op("rmsNorm", ["x", "scale?"], {
  infer: ([x, scale], attributes: TrailingNormAttributes) => inferTrailingNorm(x, attributes, { scale }),
  eval: ([x, scale], { axis, epsilon }: TrailingNormAttributes) =>
    normalizeRows(
      x,
      axis,
      (row, from, count) => {
        let squares = 0;
        for (let i = from; i < from + count; i++) squares += row[i]! ** 2;
        return [0, 1 / Math.sqrt(squares / count + epsilon)];
      },
      scale,
      undefined,
    ),
});
