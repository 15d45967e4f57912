import { isFloat } from "../tensor/dtype.ts";
import { binary } from "./binary.ts";

/** x, or slope · x where x is negative. */
export const prelu = binary("prelu", {
  eval: (x, slope) => (x < 0 ? slope * x : x),
  emit: (k, [x, slope], _, { result }) => k.select(k.lt(x, 0), isFloat(result) ? k.mul(slope, x) : k.imul(slope, x), x),
  evalInt: (x, slope) => (x < 0 ? Math.imul(slope, x) : x),
  evalBig: (x, slope) => (x < 0n ? slope * x : x),
  examples: [
    [-2.5, 0.5, -1.25],
    [1.5, 0.5, 1.5],
  ],
});
