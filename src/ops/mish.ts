import { softplusOf } from "./softplus.ts";
import { unary } from "./unary.ts";

/** x · tanh(log(1 + eˣ)). */
export const mish = unary("mish", {
  eval: (x) => x * Math.tanh(softplusOf(x)),
  emit(k, x) {
    const e = k.exp(k.minAny(x, 20));
    const n = k.mul(e, k.add(e, 2));
    return k.mul(x, k.div(n, k.add(n, 2)));
  },
  examples: [
    [0.5, 0.3752452113048951],
    [-2, -0.2525014826957089],
    [20, 20],
  ],
});
