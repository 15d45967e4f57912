/** The ranges of integer dtypes. */
import type { Dim } from "../tensor/dim.ts";
import { dimAtLeast, unknownDim } from "../tensor/dim.ts";
import type { DType } from "../tensor/dtype.ts";
import { dtypes } from "../tensor/dtype.ts";

/** The least and the greatest value of an integer or bool dtype, rounded to doubles for 64 bits. */
export function integerRange(dtype: DType): readonly [min: number, max: number] {
  const { bits, kind } = dtypes[dtype];
  if (kind === "bool") return [0, 1];
  return kind === "int" ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];
}

/**
 * Dims computed without regard to the width of the dtype that holds them: numbers that would wrap become unknown, and so do
 * expressions of which it is not clear that they would not (sizes always fit 32 bits; an unsigned one must not be negative).
 */
export function dimsWithin(dims: readonly Dim[], dtype: DType): readonly Dim[] {
  const [min, max] = integerRange(dtype);
  const fits = (dim: Dim) =>
    typeof dim === "number"
      ? dim >= min && dim <= max
      : max === 1 || (max >= 2 ** 31 - 1 && (min < 0 || dimAtLeast(dim, 0)));
  return dims.map((dim) => (fits(dim) ? dim : unknownDim));
}
