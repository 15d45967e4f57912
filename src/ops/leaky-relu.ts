import { unary } from "./unary.ts";

/** x, or alpha · x where x is negative. */
export const leakyRelu = unary<{ readonly alpha: number }>("leakyRelu", {
  eval: (x, { alpha }) => (x < 0 ? alpha * x : x),
  emit: (k, x, { alpha }) => k.select(k.lt(x, 0), k.mul(x, alpha), x),
  examples: [
    [-2.5, -0.3125, { alpha: 0.125 }],
    [1.5, 1.5, { alpha: 0.125 }],
  ],
});
