import { lessWide } from "../ir/wide.ts";
import { binary } from "./binary.ts";
import { greaterDims } from "./compare-dims.ts";
import { truthOf } from "./emit.ts";

/** Whether a > b; false for NaN. */
export const greater = binary("greater", {
  eval: (a, b) => Number(a > b),
  emit: (k, [a, b]) => truthOf(k, k.gt(a, b)),
  emitWide: (k, [a, b]) => truthOf(k, lessWide(k, b, a)),
  evalBig: (a, b) => Number(a > b),
  dim: greaterDims,
  result: "bool",
  examples: [
    [1, 2, 0],
    [2, 2, 0],
    [3, 2, 1],
    [Number.NaN, 2, 0],
    [Number.NaN, Number.NaN, 0],
  ],
});
