import { addDims } from "../tensor/dim.ts";
import { binary } from "./binary.ts";

/** a + b. */
export const add = binary("add", {
  eval: (a, b) => a + b,
  evalBig: (a, b) => a + b,
  dim: addDims,
  commutative: true,
  examples: [[1.5, 2.25, 3.75]],
});
