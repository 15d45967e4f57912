import { unary } from "./unary.ts";

/** x where it exceeds alpha, else 0. */
export const thresholdedRelu = unary<{ readonly alpha: number }>("thresholdedRelu", {
  eval: (x, { alpha }) => (x > alpha ? x : 0),
  emit: (k, x, { alpha }) => k.select(k.gt(x, alpha), x, 0),
  examples: [
    [1.5, 1.5, { alpha: 1 }],
    [1, 0, { alpha: 1 }],
  ],
});
