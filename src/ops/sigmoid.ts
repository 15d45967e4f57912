import { unary } from "./unary.ts";

/** 1 / (1 + e⁻ˣ). */
export const sigmoid = unary("sigmoid", {
  eval: (x) => 1 / (1 + Math.exp(-x)),
  emit: (k, x) => k.div(1, k.add(k.exp(k.neg(x)), 1)),
  examples: [
    [0, 0.5],
    [2, 0.8807970779778823],
  ],
});
