import { asin as formula } from "../ir/math/asin.ts";
import { unary } from "./unary.ts";

/** The arc sine in radians, NaN outside [−1, 1]. */
export const asin = unary("asin", {
  eval: Math.asin,
  emit: (k, x) => formula(k, x),
  examples: [
    [0.5, 0.5235987755982989],
    [-1, -1.5707963267948966],
  ],
});
