import { unary } from "./unary.ts";

/** x · max(0, min(1, x / 6 + 1 / 2)). */
export const hardSwish = unary("hardSwish", {
  eval: (x) => x * Math.max(0, Math.min(1, x / 6 + 0.5)),
  emit: (k, x) => k.mul(x, k.maxAny(k.minAny(k.fma(x, 1 / 6, k.constant(0.5, "vec f32")), 1), 0)),
  examples: [
    [1, 0.6666666666666666],
    [-1.5, -0.375],
    [4, 4],
    [-5, 0],
  ],
});
