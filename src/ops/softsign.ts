import { unary } from "./unary.ts";

/** x / (1 + |x|). */
export const softsign = unary("softsign", {
  eval: (x) => x / (1 + Math.abs(x)),
  emit: (k, x) => k.div(x, k.add(k.abs(x), 1)),
  examples: [
    [3, 0.75],
    [-0.5, -0.3333333333333333],
  ],
});
