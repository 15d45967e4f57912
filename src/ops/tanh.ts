import { unary } from "./unary.ts";

/** The hyperbolic tangent. */
export const tanh = unary("tanh", {
  eval: Math.tanh,
  emit: (k, x) => k.tanh(x),
  examples: [
    [0.5, 0.46211715726000974],
    [-2, -0.9640275800758169],
  ],
});
