import { maxDims } from "../tensor/dim.ts";
import { rangeOf, reduction } from "./reduction.ts";

/** The largest element over axes; NaN as soon as one is NaN; the lowest value of the dtype over no elements. */
export const reduceMax = reduction("reduceMax", {
  on: "numeric or bool",
  start: (dtype) => rangeOf(dtype)[0],
  run(total, data, from, count, stride) {
    for (let n = 0, at = from; n < count; n++, at += stride) {
      const x = data[at]!;
      if (x > total || Number.isNaN(x)) total = x;
    }
    return total;
  },
  big: (total, x) => (x > total ? x : total),
  dim: (dims) => (dims.length === 0 ? undefined : dims.reduce(maxDims)),
});
