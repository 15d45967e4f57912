import { unary } from "./unary.ts";

/** √x, NaN below 0. */
export const sqrt = unary("sqrt", {
  eval: Math.sqrt,
  emit: (k, x) => k.sqrt(x),
  examples: [
    [0, 0],
    [3, 1.7320508075688772],
    [6.25, 2.5],
    [-1, Number.NaN],
  ],
});
