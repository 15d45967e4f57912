import { unary } from "./unary.ts";

/** 1 / x. */
export const reciprocal = unary("reciprocal", {
  eval: (x) => 1 / x,
  emit: (k, x) => k.div(1, x),
  examples: [
    [4, 0.25],
    [-3, -0.3333333333333333],
    [0, Infinity],
  ],
});
