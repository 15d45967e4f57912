import { unary } from "./unary.ts";

/** The arc cosine in radians, NaN outside [−1, 1]. */
export const acos = unary("acos", {
  eval: Math.acos,
  examples: [
    [0.5, 1.0471975511965979],
    [-1, 3.141592653589793],
  ],
});
