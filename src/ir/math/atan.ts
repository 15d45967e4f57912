import type { Builder } from "../builder.ts";
import type { Node } from "../node.ts";
import { copySign } from "./copy-sign.ts";
import { horner } from "./horner.ts";

/** (atan t - t) / t³ by t² on t <= √2 - 1, within 0.05 · 2^-24 of atan t. */
const coefficients = [-0.0645123124187, 0.107435211622, -0.14263936135, 0.199995399218, -0.333333317587] as const;

/** atan x within 3 ulp: π/4 + atan((t - 1) / (t + 1)) from √2 - 1 on, π/2 - atan(1 / t) from √2 + 1 on. */
export function atan(k: Builder, x: Node): Node {
  const t = k.abs(x);
  const [middle, far] = [k.lt(Math.SQRT2 - 1, t), k.lt(Math.SQRT2 + 1, t)];
  const top = k.select(far, k.constant(-1, t.type), k.select(middle, k.sub(t, 1), t));
  const bottom = k.select(far, t, k.select(middle, k.add(t, 1), k.constant(1, t.type)));
  const r = k.div(top, bottom);
  const square = k.mul(r, r);
  const near = k.fma(k.mul(r, square), horner(k, square, coefficients), r);
  const base = k.select(far, k.constant(Math.PI / 2, t.type), k.select(middle, k.constant(Math.PI / 4, t.type), 0));
  return copySign(k, k.add(base, near), x);
}
