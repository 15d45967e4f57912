import { unary } from "./unary.ts";

/** The hyperbolic sine. */
export const sinh = unary("sinh", {
  eval: Math.sinh,
  examples: [
    [0.5, 0.5210953054937474],
    [-2, -3.626860407847019],
  ],
});
