import { sinh as formula } from "../ir/math/hyperbolic.ts";
import { unary } from "./unary.ts";

/** The hyperbolic sine. */
export const sinh = unary("sinh", {
  eval: Math.sinh,
  emit: (k, x) => formula(k, x),
  examples: [
    [0.5, 0.5210953054937474],
    [-2, -3.626860407847019],
  ],
});
