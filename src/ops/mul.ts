import { mulDims } from "../tensor/dim.ts";
import { binary } from "./binary.ts";

/** a · b. */
export const mul = binary("mul", {
  eval: (a, b) => a * b,
  evalInt: Math.imul,
  evalBig: (a, b) => a * b,
  dim: mulDims,
  commutative: true,
  examples: [[1.5, -2.5, -3.75]],
});
