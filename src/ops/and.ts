import { mulDims } from "../tensor/dim.ts";
import { binary } from "./binary.ts";

/** Logical and. */
export const and = binary("and", {
  eval: (a, b) => a & b,
  emit: (k, [a, b]) => k.and(a, b),
  dim: mulDims,
  on: "bool",
  commutative: true,
  examples: [
    [0, 0, 0],
    [0, 1, 0],
    [1, 1, 1],
  ],
});
