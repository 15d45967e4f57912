import { subDims } from "../tensor/dim.ts";
import { unary } from "./unary.ts";

/** Logical negation. */
export const not = unary("not", {
  eval: (x) => 1 - x,
  emit: (k, x) => k.isub(1, x),
  dim: (x) => subDims(1, x),
  on: "bool",
  examples: [
    [0, 1],
    [1, 0],
  ],
});
