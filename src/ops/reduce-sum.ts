import { addDims } from "../tensor/dim.ts";
import { reduction } from "./reduction.ts";

/** The sum over axes; 0 over no elements. */
export const reduceSum = reduction("reduceSum", {
  on: "numeric",
  start: () => 0,
  run(total, data, from, count, stride) {
    for (let n = 0, at = from; n < count; n++, at += stride) total += data[at]!;
    return total;
  },
  big: (total, x) => total + x,
  dim: (dims) => dims.reduce(addDims, 0),
});
