import type { Builder } from "../builder.ts";
import type { Node } from "../node.ts";
import { copySign } from "./copy-sign.ts";
import { expNormal } from "./exp.ts";
import { horner } from "./horner.ts";

/** erf t / t - 1 by t² on t <= 1, within 0.03 · 2^-24 of erf t. */
const near = [
  7.806903158780187e-5, -0.0007997853099368513, 0.005187162198126316, -0.026853347197175026, 0.11283578723669052,
  -0.3761262595653534, 0.12837916612625122,
] as const;

/** ln(1 - erf t) on 1 <= t <= 4, so that erf t is within 0.02 · 2^-24. */
const far = [
  0.00018759712111204863, -0.002960064448416233, 0.021889520809054375, -0.10321806371212006, -0.6380122900009155,
  -1.1271716356277466, -0.000320574501529336,
] as const;

/** erf x within 2 ulp: t + t · P(t²) up to 1, 1 - e^Q(t) up to 4, where it is 1 in f32. */
export function erf(k: Builder, x: Node): Node {
  const t = k.abs(x);
  const small = k.fma(t, horner(k, k.mul(t, t), near), t);
  const large = k.sub(1, expNormal(k, horner(k, k.minAny(t, 4), far)));
  return copySign(k, k.select(k.lt(t, 1), small, large), x);
}
