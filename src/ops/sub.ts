import { subDims } from "../tensor/dim.ts";
import { binary } from "./binary.ts";

/** a − b. */
export const sub = binary("sub", {
  eval: (a, b) => a - b,
  evalBig: (a, b) => a - b,
  dim: subDims,
  examples: [
    [1.5, 2.25, -0.75],
    [-3, 4, -7],
  ],
});
