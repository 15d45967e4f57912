import { unary } from "./unary.ts";

/** alpha · x + beta, kept within [0, 1]. */
export const hardSigmoid = unary<{ readonly alpha: number; readonly beta: number }>("hardSigmoid", {
  eval: (x, { alpha, beta }) => Math.max(0, Math.min(1, alpha * x + beta)),
  emit: (k, x, { alpha, beta }) => k.maxAny(k.minAny(k.fma(x, alpha, k.constant(beta, "vec f32")), 1), 0),
  examples: [
    [1.25, 0.8125, { alpha: 0.25, beta: 0.5 }],
    [-3, 0, { alpha: 0.2, beta: 0.5 }],
    [4, 1, { alpha: 0.2, beta: 0.5 }],
  ],
});
