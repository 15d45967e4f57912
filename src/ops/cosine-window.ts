import { knownDims } from "../graph/known-dims.ts";
import { tensorType } from "../graph/type.ts";
import { unknownDim } from "../tensor/dim.ts";
import type { DType } from "../tensor/dtype.ts";
import { LimitError, ShapeError } from "../tensor/errors.ts";
import { fromNumbers } from "../tensor/numbers.ts";
import { op } from "./op.ts";
import { scalarNumber, scalarOperand } from "./scalar-operand.ts";

export interface CosineWindowAttributes {
  /** a of the formula. */
  readonly coefficients: readonly number[];
  /** One period is `size` long, not size - 1. */
  readonly periodic: boolean;
  readonly dtype: DType;
}

/** The window Σk (-1)ᵏ·a[k]·cos(2π·k·n / period) for n below the scalar `size`: Hann, Hamming, Blackman and their kin. */
export const cosineWindow = op("cosineWindow", ["size"], {
  infer([size], { dtype }: CosineWindowAttributes) {
    scalarOperand(size, "size", "integer");
    return tensorType(dtype, [knownDims(size)?.[0] ?? unknownDim]);
  },
  eval([size], { coefficients, periodic, dtype }: CosineWindowAttributes) {
    const count = scalarNumber(size, "size");
    if (!(count >= 0)) throw new ShapeError(`size must not be negative, got ${count}.`);
    if (count > 2 ** 31) throw new LimitError(`a window of ${count} elements is beyond 2^31.`);
    const period = periodic ? count : count - 1;
    const window = Float64Array.from({ length: count }, (_unused, n) => {
      const angle = period === 0 ? Math.PI : (2 * Math.PI * n) / period;
      return coefficients.reduce((sum, a, k) => sum + (k % 2 === 0 ? a : -a) * Math.cos(k * angle), 0);
    });
    return fromNumbers(dtype, [count], window);
  },
});
