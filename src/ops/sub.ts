import { subWide } from "../ir/wide.ts";
import { subDims } from "../tensor/dim.ts";
import { isFloat } from "../tensor/dtype.ts";
import { binary } from "./binary.ts";

/** a − b. */
export const sub = binary("sub", {
  eval: (a, b) => a - b,
  emit: (k, [a, b], _, { result }) => (isFloat(result) ? k.sub(a, b) : k.isub(a, b)),
  runF32({ target, x, y, out, count, i, j, di, dj }) {
    for (let n = 0; n < count; n++) target[out + n] = x[i + n * di]! - y[j + n * dj]!;
  },
  emitWide: (k, [a, b]) => subWide(k, a, b),
  evalBig: (a, b) => a - b,
  dim: subDims,
  examples: [
    [1.5, 2.25, -0.75],
    [-3, 4, -7],
  ],
});
