import { equalWide } from "../ir/wide.ts";
import { binary } from "./binary.ts";
import { equalDims } from "./compare-dims.ts";
import { truthOf } from "./emit.ts";

/** Whether a equals b, strings and booleans included; NaN equals nothing. */
export const equal = binary("equal", {
  eval: (a, b) => Number(a === b),
  emit: (k, [a, b]) => truthOf(k, k.eq(a, b)),
  emitWide: (k, [a, b]) => truthOf(k, equalWide(k, a, b)),
  evalBig: (a, b) => Number(a === b),
  dim: equalDims,
  result: "bool",
  on: "any",
  commutative: true,
  examples: [
    [1, 2, 0],
    [2, 2, 1],
    [3, 2, 0],
    [Number.NaN, 2, 0],
    [Number.NaN, Number.NaN, 0],
  ],
});
