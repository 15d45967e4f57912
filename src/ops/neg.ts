import { subDims } from "../tensor/dim.ts";
import { unary } from "./unary.ts";

/** −x. */
export const neg = unary("neg", {
  eval: (x) => -x,
  evalBig: (x) => -x,
  dim: (x) => subDims(0, x),
  on: "numeric",
  examples: [
    [-2.5, 2.5],
    [3, -3],
  ],
});
