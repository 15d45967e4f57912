import { acos as formula } from "../ir/math/asin.ts";
import { unary } from "./unary.ts";

/** The arc cosine in radians, NaN outside [−1, 1]. */
export const acos = unary("acos", {
  eval: Math.acos,
  emit: (k, x) => formula(k, x),
  examples: [
    [0.5, 1.0471975511965979],
    [-0.75, 2.4188584057763776],
  ],
});
