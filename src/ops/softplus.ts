import { log1p } from "../ir/math/log1p.ts";
import { unary } from "./unary.ts";

/** log(1 + eˣ) without overflow: max(x, 0) + log(1 + e^−|x|). */
export const softplusOf = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** log(1 + eˣ). */
export const softplus = unary("softplus", {
  eval: (x) => softplusOf(x),
  emit: (k, x) => k.add(k.maxAny(x, 0), log1p(k, k.exp(k.neg(k.abs(x))))),
  examples: [
    [0.5, 0.9740769841801067],
    [2.5, 2.5788897342925496],
    [-30, 9.357622968839737e-14],
    [800, 800],
  ],
});
