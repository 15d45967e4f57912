import { productOfDims } from "../tensor/dim.ts";
import { reduction } from "./reduction.ts";

/** The product over axes; 1 over no elements. Integers wrap. */
export const reduceProd = reduction("reduceProd", {
  on: "numeric",
  start: () => 1,
  run(total, data, from, count, stride) {
    const isWhole = !(data instanceof Float32Array || data instanceof Float64Array);
    for (let n = 0, at = from; n < count; n++, at += stride)
      total = isWhole ? Math.imul(total, data[at]!) : total * data[at]!;
    return total;
  },
  big: (total, x) => total * x,
  dim: productOfDims,
});
