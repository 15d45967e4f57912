import { lessWide, selectWide } from "../ir/wide.ts";
import { minDims } from "../tensor/dim.ts";
import { isFloat } from "../tensor/dtype.ts";
import { binary } from "./binary.ts";

/** The smaller of a and b; NaN if either is NaN. */
export const min = binary("min", {
  eval: (a, b) => Math.min(a, b),
  emit: (k, [a, b], _, { result }) => (isFloat(result) ? k.min(a, b) : k.imin(a, b)),
  emitWide: (k, [a, b]) => selectWide(k, lessWide(k, a, b), a, b),
  evalBig: (a, b) => (a < b ? a : b),
  dim: minDims,
  commutative: true,
  examples: [
    [1.5, -2, -2],
    [-3, 4, -3],
    [Number.NaN, 1, Number.NaN],
    [1, Number.NaN, Number.NaN],
  ],
});
