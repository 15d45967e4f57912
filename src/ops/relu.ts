import { isFloat } from "../tensor/dtype.ts";
import { unary } from "./unary.ts";

/** max(x, 0); NaN stays NaN. */
export const relu = unary("relu", {
  eval: (x) => Math.max(x, 0),
  emit: (k, x, _, { result }) => (isFloat(result) ? k.maxAny(x, 0) : k.imax(x, 0)),
  evalBig: (x) => (x > 0n ? x : 0n),
  on: "numeric",
  examples: [
    [-2.5, 0],
    [1.5, 1.5],
    [Number.NaN, Number.NaN],
  ],
});
