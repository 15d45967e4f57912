import { expm1 } from "../ir/math/expm1.ts";
import { unary } from "./unary.ts";

/** max(x, 0) + min(0, alpha · (e^(x / alpha) − 1)). */
export const celu = unary<{ readonly alpha: number }>("celu", {
  eval: (x, { alpha }) => Math.max(x, 0) + Math.min(0, alpha * Math.expm1(x / alpha)),
  emit: (k, x, { alpha }) => k.add(k.maxAny(x, 0), k.minAny(k.mul(expm1(k, k.minAny(k.div(x, alpha), 0)), alpha), 0)),
  examples: [
    [-2.5, -1.4269904062796197, { alpha: 2 }],
    [1.5, 1.5, { alpha: 2 }],
  ],
});
