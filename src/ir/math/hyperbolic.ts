import type { Builder } from "../builder.ts";
import type { Node } from "../node.ts";
import { copySign } from "./copy-sign.ts";
import { horner } from "./horner.ts";
import { log1p } from "./log1p.ts";

/** e^|x| / 2 and e^-|x| / 2, the first by squaring so that it overflows no sooner than it must. */
function halves(k: Builder, t: Node): readonly [Node, Node] {
  const root = k.exp(k.mul(t, 0.5));
  return [k.mul(k.mul(root, 0.5), root), k.div(0.5, k.mul(root, root))];
}

/** cosh x within 5 ulp. */
export function cosh(k: Builder, x: Node): Node {
  const [up, down] = halves(k, k.abs(x));
  return k.add(up, down);
}

/** sinh x within 6 ulp: the series up to x¹¹ below 1. */
export function sinh(k: Builder, x: Node): Node {
  const t = k.abs(x);
  const square = k.mul(t, t);
  const series = horner(k, square, [1 / 39916800, 1 / 362880, 1 / 5040, 1 / 120, 1 / 6]);
  const [up, down] = halves(k, t);
  return copySign(k, k.select(k.lt(t, 1), k.fma(k.mul(t, square), series, t), k.sub(up, down)), x);
}

/** ln(1 + t) for t >= 0. */
function logFrom1(k: Builder, t: Node): Node {
  return k.select(k.le(t, 1), log1p(k, k.minAny(t, 1)), k.log(k.add(t, 1)));
}

/** From here on √(t² ± 1) is t. */
const large = 2 ** 40;

/** asinh x within 5 ulp: ln(1 + t + t² / (1 + √(1 + t²))). */
export function asinh(k: Builder, x: Node): Node {
  const t = k.abs(x);
  const square = k.mul(t, t);
  const inner = k.add(t, k.div(square, k.add(k.sqrt(k.add(square, 1)), 1)));
  const far = k.add(k.log(t), Math.LN2);
  return copySign(k, k.select(k.lt(large, t), far, logFrom1(k, inner)), x);
}

/** acosh x within 5 ulp, NaN below 1: ln(1 + u + √(u (u + 2))) with u = x - 1. */
export function acosh(k: Builder, x: Node): Node {
  const u = k.sub(x, 1);
  const value = logFrom1(k, k.add(u, k.sqrt(k.mul(u, k.add(u, 2)))));
  const finite = k.select(k.lt(large, x), k.add(k.log(x), Math.LN2), value);
  return k.select(k.lt(x, 1), k.constant(Number.NaN, x.type), finite);
}

/** atanh x within 5 ulp, NaN beyond 1: ln(1 + 2t / (1 - t)) / 2. */
export function atanh(k: Builder, x: Node): Node {
  const t = k.abs(x);
  const value = k.mul(logFrom1(k, k.div(k.add(t, t), k.sub(1, t))), 0.5);
  return k.select(k.lt(1, t), k.constant(Number.NaN, x.type), copySign(k, value, x));
}
