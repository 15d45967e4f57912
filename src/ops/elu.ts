import { expm1 } from "../ir/math/expm1.ts";
import { unary } from "./unary.ts";

/** x, or alpha · (eˣ − 1) where x is negative. */
export const elu = unary<{ readonly alpha: number }>("elu", {
  eval: (x, { alpha }) => (x < 0 ? alpha * Math.expm1(x) : x),
  emit: (k, x, { alpha }) => k.select(k.lt(x, 0), k.mul(expm1(k, k.minAny(x, 0)), alpha), x),
  examples: [
    [-2.5, -1.8358300027522025, { alpha: 2 }],
    [1.5, 1.5, { alpha: 2 }],
    [-1e-6, -9.999995000001667e-7, { alpha: 1 }],
  ],
});
