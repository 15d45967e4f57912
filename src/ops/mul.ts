import { mulWide } from "../ir/wide.ts";
import { mulDims } from "../tensor/dim.ts";
import { isFloat } from "../tensor/dtype.ts";
import { binary } from "./binary.ts";

/** a · b. */
export const mul = binary("mul", {
  eval: (a, b) => a * b,
  emit: (k, [a, b], _, { result }) => (isFloat(result) ? k.mul(a, b) : k.imul(a, b)),
  runF32({ target, x, y, out, count, i, j, di, dj }) {
    for (let n = 0; n < count; n++) target[out + n] = x[i + n * di]! * y[j + n * dj]!;
  },
  evalInt: Math.imul,
  emitWide: (k, [a, b]) => mulWide(k, a, b),
  evalBig: (a, b) => a * b,
  dim: mulDims,
  commutative: true,
  examples: [[1.5, -2.5, -3.75]],
});
