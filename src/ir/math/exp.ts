import type { Builder } from "../builder.ts";
import type { Node } from "../node.ts";

/** 1.5 · 2^23: a sum with it has the integer nearest to the other term in its low bits. */
const magic = 12582912;
const magicBits = 0x4b400000;

/** ln 2 in two parts; products of the first, which has 9 bits, with integers up to 2^15 are exact. */
const ln2High = 0.693359375;
const ln2Low = Math.LN2 - ln2High;

/**
 * e^r on |r| <= 0.3475, degree 6, from r² on; 1 + r is added by the caller. Fitted to relative error.
 */
const coefficients = [
  0.0013818696606904268, 0.008368715643882751, 0.04166829213500023, 0.1666652113199234, 0.4999999403953552,
];

/**
 * eˣ = 2^n · e^r with n the integer nearest to x / ln 2. 2^n is applied in two factors, so results below the least
 * normal number round like others. Overflow gives Infinity.
 */
export function exp(k: Builder, x: Node): Node {
  const bounded = k.maxAny(k.minAny(x, 89), -104.5);
  const t = k.fma(bounded, Math.LOG2E, magic);
  const n = k.sub(t, magic);
  const r = k.fma(n, -ln2Low, k.fma(n, -ln2High, bounded));
  const [first, ...rest] = coefficients;
  const p = rest.reduce((sum, c) => k.fma(sum, r, c), k.constant(first as number, x.type));
  const e = k.add(k.fma(k.mul(r, r), p, r), 1);
  const integer = k.isub(k.bitsOf(t), magicBits);
  const half = k.sar(integer, 1);
  return k.mul(k.mul(e, power(k, half)), power(k, k.isub(integer, half)));
}

/** 2^n for an integer n from -126 to 127. */
function power(k: Builder, n: Node): Node {
  return k.fromBits(k.shl(k.iadd(n, 127), 23));
}
