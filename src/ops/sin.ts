import { unary } from "./unary.ts";

/** The sine of x radians. */
export const sin = unary("sin", {
  eval: Math.sin,
  emit: (k, x) => k.sin(x),
  examples: [
    [0.5, 0.479425538604203],
    [-3, -0.1411200080598672],
  ],
});
