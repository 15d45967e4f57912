import { lessWide, selectWide } from "../ir/wide.ts";
import { maxDims } from "../tensor/dim.ts";
import { isFloat } from "../tensor/dtype.ts";
import { binary } from "./binary.ts";

/** The greater of a and b; NaN if either is NaN. */
export const max = binary("max", {
  eval: (a, b) => Math.max(a, b),
  emit: (k, [a, b], _, { result }) => (isFloat(result) ? k.max(a, b) : k.imax(a, b)),
  emitWide: (k, [a, b]) => selectWide(k, lessWide(k, a, b), b, a),
  evalBig: (a, b) => (a > b ? a : b),
  dim: maxDims,
  commutative: true,
  examples: [
    [1.5, -2, 1.5],
    [-3, 4, 4],
    [Number.NaN, 1, Number.NaN],
    [1, Number.NaN, Number.NaN],
  ],
});
