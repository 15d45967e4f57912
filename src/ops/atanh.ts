import { atanh as formula } from "../ir/math/hyperbolic.ts";
import { unary } from "./unary.ts";

/** The inverse hyperbolic tangent: infinite at ±1, NaN beyond. */
export const atanh = unary("atanh", {
  eval: Math.atanh,
  emit: (k, x) => formula(k, x),
  examples: [
    [0.5, 0.5493061443340548],
    [-0.25, -0.25541281188299536],
  ],
});
