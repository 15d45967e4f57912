import { negWide } from "../ir/wide.ts";
import { subDims } from "../tensor/dim.ts";
import { isFloat } from "../tensor/dtype.ts";
import { unary } from "./unary.ts";

/** −x. */
export const neg = unary("neg", {
  eval: (x) => -x,
  emit: (k, x, _, { result }) => (isFloat(result) ? k.neg(x) : k.isub(0, x)),
  emitWide: negWide,
  evalBig: (x) => -x,
  dim: (x) => subDims(0, x),
  on: "numeric",
  examples: [
    [-2.5, 2.5],
    [3, -3],
  ],
});
