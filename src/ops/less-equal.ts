import { lessWide } from "../ir/wide.ts";
import { binary } from "./binary.ts";
import { lessEqualDims } from "./compare-dims.ts";
import { truthOf } from "./emit.ts";

/** Whether a ≤ b; false for NaN. */
export const lessEqual = binary("lessEqual", {
  eval: (a, b) => Number(a <= b),
  emit: (k, [a, b]) => truthOf(k, k.le(a, b)),
  emitWide: (k, [a, b]) => k.isub(1, truthOf(k, lessWide(k, b, a))),
  evalBig: (a, b) => Number(a <= b),
  dim: lessEqualDims,
  result: "bool",
  examples: [
    [1, 2, 1],
    [2, 2, 1],
    [3, 2, 0],
    [Number.NaN, 2, 0],
    [Number.NaN, Number.NaN, 0],
  ],
});
