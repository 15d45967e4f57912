import { integerQuotient } from "../ir/math/integer-quotient.ts";
import type { Dim } from "../tensor/dim.ts";
import { dimAtLeast, floorDivDims, unknownDim } from "../tensor/dim.ts";
import { isFloat } from "../tensor/dtype.ts";
import { binary } from "./binary.ts";

/** Truncation is floor division only where neither operand can be negative. */
function quotientDim(a: Dim, b: Dim): Dim {
  if (b === 0) return 0;
  if (typeof a === "number" && typeof b === "number") return Math.trunc(a / b) + 0;
  return dimAtLeast(a, 0) && dimAtLeast(b, 0) ? floorDivDims(a, b) : unknownDim;
}

/** a / b. The quotient of integers is cut towards zero; an integer divided by 0 gives 0. */
export const div = binary("div", {
  eval: (a, b) => a / b,
  emit: (k, [a, b], _, { result }) => (isFloat(result) ? k.div(a, b) : integerQuotient(k, a, b).quotient),
  runF32({ target, x, y, out, count, i, j, di, dj }) {
    for (let n = 0; n < count; n++) target[out + n] = x[i + n * di]! / y[j + n * dj]!;
  },
  evalBig: (a, b) => (b === 0n ? 0n : a / b),
  dim: quotientDim,
  examples: [
    [1, 4, 0.25],
    [-7.5, 2.5, -3],
    [1, 0, Infinity],
    [0, 0, Number.NaN],
  ],
});
