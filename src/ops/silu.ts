import { unary } from "./unary.ts";

/** x · sigmoid(alpha · x), with alpha 1 when left out; also called swish. */
export const silu = unary<{ readonly alpha?: number }>("silu", {
  eval: (x, { alpha = 1 }) => x / (1 + Math.exp(-alpha * x)),
  emit: (k, x, { alpha = 1 }) => k.div(x, k.add(1, k.exp(k.mul(x, -alpha)))),
  examples: [
    [1, 0.7310585786300049],
    [-2.5, -0.18964545005310887],
    [1, 0.8457957659328212, { alpha: 1.702 }],
  ],
});
