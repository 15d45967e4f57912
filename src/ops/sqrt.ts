import { unary } from "./unary.ts";

/** √x, NaN below 0. */
export const sqrt = unary("sqrt", {
  eval: Math.sqrt,
  examples: [
    [0, 0],
    [2, 1.4142135623730951],
    [6.25, 2.5],
    [-1, Number.NaN],
  ],
});
