import { unary } from "./unary.ts";

/** The natural logarithm: −∞ at 0, NaN below. */
export const log = unary("log", {
  eval: Math.log,
  emit: (k, x) => k.log(x),
  examples: [
    [1, 0],
    [12.5, 2.5257286443082556],
    [0.375, -0.9808292530117262],
    [0, -Infinity],
    [-1, Number.NaN],
  ],
});
