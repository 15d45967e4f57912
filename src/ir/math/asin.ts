import type { Builder } from "../builder.ts";
import type { Node } from "../node.ts";
import { copySign } from "./copy-sign.ts";
import { horner } from "./horner.ts";

/** (asin t - t) / t³ by t² on t <= 1/2, within 0.3 · 2^-24 of asin t. */
const coefficients = [0.0380939622277, 0.0265506629191, 0.0450018940966, 0.0749885296221, 0.166666724277] as const;

const near = (k: Builder, t: Node, square: Node): Node => k.fma(k.mul(t, square), horner(k, square, coefficients), t);

/** asin of √((1 - t) / 2), which is half of acos t, for t >= 1/2. NaN beyond 1. */
function halfAngle(k: Builder, t: Node): Node {
  const square = k.mul(k.sub(1, t), 0.5);
  return near(k, k.sqrt(square), square);
}

/** asin x within 3 ulp, NaN beyond 1. */
export function asin(k: Builder, x: Node): Node {
  const t = k.abs(x);
  const half = halfAngle(k, t);
  const far = k.sub(Math.PI / 2, k.add(half, half));
  return copySign(k, k.select(k.le(t, 0.5), near(k, t, k.mul(t, t)), far), x);
}

/** acos x within 4 ulp, NaN beyond 1. */
export function acos(k: Builder, x: Node): Node {
  const t = k.abs(x);
  const half = halfAngle(k, t);
  const angle = k.add(half, half);
  const far = k.select(k.lt(x, 0), k.sub(Math.PI, angle), angle);
  return k.select(k.le(t, 0.5), k.sub(Math.PI / 2, near(k, x, k.mul(x, x))), far);
}
