import { addWide } from "../ir/wide.ts";
import { addDims } from "../tensor/dim.ts";
import { isFloat } from "../tensor/dtype.ts";
import { binary } from "./binary.ts";

/** a + b. */
export const add = binary("add", {
  eval: (a, b) => a + b,
  runF32({ target, x, y, out, count, i, j, di, dj }) {
    for (let n = 0; n < count; n++) target[out + n] = x[i + n * di]! + y[j + n * dj]!;
  },
  emit: (k, [a, b], _, { result }) => (isFloat(result) ? k.add(a, b) : k.iadd(a, b)),
  emitWide: (k, [a, b]) => addWide(k, a, b),
  evalBig: (a, b) => a + b,
  dim: addDims,
  commutative: true,
  examples: [[1.5, 2.25, 3.75]],
});
