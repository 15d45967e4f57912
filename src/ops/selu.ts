import { expm1 } from "../ir/math/expm1.ts";
import { unary } from "./unary.ts";

/** gamma · x, or gamma · alpha · (eˣ − 1) where x is not positive. */
export const selu = unary<{ readonly alpha: number; readonly gamma: number }>("selu", {
  eval: (x, { alpha, gamma }) => gamma * (x > 0 ? x : alpha * Math.expm1(x)),
  emit: (k, x, { alpha, gamma }) => k.mul(k.select(k.gt(x, 0), x, k.mul(expm1(k, k.minAny(x, 0)), alpha)), gamma),
  examples: [
    [-2.5, -1.6137857639177855, { alpha: 1.6732631921768188, gamma: 1.0507010221481323 }],
    [1.5, 1.5760515332221985, { alpha: 1.6732631921768188, gamma: 1.0507010221481323 }],
  ],
});
