import { unary } from "./unary.ts";

/** The natural logarithm: −∞ at 0, NaN below. */
export const log = unary("log", {
  eval: Math.log,
  examples: [
    [1, 0],
    [10, 2.302585092994046],
    [0.5, -0.6931471805599453],
    [0, -Infinity],
    [-1, Number.NaN],
  ],
});
