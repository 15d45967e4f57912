import { lessWide } from "../ir/wide.ts";
import { binary } from "./binary.ts";
import { lessDims } from "./compare-dims.ts";
import { truthOf } from "./emit.ts";

/** Whether a < b; false for NaN. */
export const less = binary("less", {
  eval: (a, b) => Number(a < b),
  emit: (k, [a, b]) => truthOf(k, k.lt(a, b)),
  emitWide: (k, [a, b]) => truthOf(k, lessWide(k, a, b)),
  evalBig: (a, b) => Number(a < b),
  dim: lessDims,
  result: "bool",
  examples: [
    [1, 2, 1],
    [2, 2, 0],
    [3, 2, 0],
    [Number.NaN, 2, 0],
    [Number.NaN, Number.NaN, 0],
  ],
});
