import { negWide, selectWide } from "../ir/wide.ts";
import { isFloat } from "../tensor/dtype.ts";
import { unary } from "./unary.ts";

/** |x|. */
export const abs = unary("abs", {
  eval: Math.abs,
  emit: (k, x, _, { result }) => (isFloat(result) ? k.abs(x) : k.imax(x, k.isub(0, x))),
  emitWide: (k, x) => selectWide(k, k.lt(x.high, 0), negWide(k, x), x),
  evalBig: (x) => (x < 0n ? -x : x),
  on: "numeric",
  examples: [
    [-2.5, 2.5],
    [3, 3],
    [-Infinity, Infinity],
  ],
});
