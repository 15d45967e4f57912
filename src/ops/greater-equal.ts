import { lessWide } from "../ir/wide.ts";
import { binary } from "./binary.ts";
import { greaterEqualDims } from "./compare-dims.ts";
import { truthOf } from "./emit.ts";

/** Whether a ≥ b; false for NaN. */
export const greaterEqual = binary("greaterEqual", {
  eval: (a, b) => Number(a >= b),
  emit: (k, [a, b]) => truthOf(k, k.ge(a, b)),
  emitWide: (k, [a, b]) => k.isub(1, truthOf(k, lessWide(k, a, b))),
  evalBig: (a, b) => Number(a >= b),
  dim: greaterEqualDims,
  result: "bool",
  examples: [
    [1, 2, 0],
    [2, 2, 1],
    [3, 2, 1],
    [Number.NaN, 2, 0],
    [Number.NaN, Number.NaN, 0],
  ],
});
