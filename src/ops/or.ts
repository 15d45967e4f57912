import { mulDims, subDims } from "../tensor/dim.ts";
import { binary } from "./binary.ts";

/** Logical or. */
export const or = binary("or", {
  eval: (a, b) => a | b,
  emit: (k, [a, b]) => k.or(a, b),
  dim: (a, b) => subDims(1, mulDims(subDims(1, a), subDims(1, b))),
  on: "bool",
  commutative: true,
  examples: [
    [0, 0, 0],
    [0, 1, 1],
    [1, 1, 1],
  ],
});
