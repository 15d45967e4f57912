import type { Builder } from "../builder.ts";
import type { Node } from "../node.ts";
import type { Pair } from "./exact-product.ts";
import { horner } from "./horner.ts";

/** 1.5 · 2^23: a sum with it has the integer nearest to the other term in its low bits. */
export const magic = 12582912;
export const magicBits = 0x4b400000;

/** ln 2 in two parts; products of the first, which has 10 bits, with integers below 2^14 are exact. */
const ln2High = 0.693359375;
const ln2Low = -0.00021219444170128554;

/** (e^r - 1 - r) / r² on |r| <= 0.3475, within 0.06 · 2^-24 of e^r. */
const coefficients = [
  0.0013818696606904268, 0.008368715643882751, 0.04166829213500023, 0.1666652113199234, 0.4999999403953552,
] as const;

/** e^r for |r| <= 0.3475. */
function near(k: Builder, r: Node): Node {
  return k.add(k.fma(k.mul(r, r), horner(k, r, coefficients), r), 1);
}

/** eˣ as e^r · 2^n with |r| <= ln 2 / 2, for |x| <= 120. */
function reduced(k: Builder, x: Node): { readonly factor: Node; readonly exponent: Node } {
  const t = k.fma(x, Math.LOG2E, magic);
  const n = k.sub(t, magic);
  const r = k.fma(n, -ln2Low, k.fma(n, -ln2High, x));
  return { factor: near(k, r), exponent: k.isub(k.bitsOf(t), magicBits) };
}

/** 2^n for integers n from -126 to 127. */
function power(k: Builder, n: Node): Node {
  return k.fromBits(k.shl(k.iadd(n, 127), 23));
}

/** x · 2^n for integers n from -252 to 254, rounded once where the result is not normal. */
function scaled(k: Builder, x: Node, n: Node): Node {
  const half = k.sar(n, 1);
  return k.mul(k.mul(x, power(k, half)), power(k, k.isub(n, half)));
}

/** eˣ within 1.5 ulp. 2^n is applied in two factors, so results below the least normal number are rounded like others. */
export function exp(k: Builder, x: Node): Node {
  const bounded = k.maxAny(k.minAny(x, 89), -104.5);
  const { factor, exponent } = reduced(k, bounded);
  return scaled(k, factor, exponent);
}

/** eˣ for x from -87 to 88, where it is a normal number. */
export function expNormal(k: Builder, x: Node): Node {
  const { factor, exponent } = reduced(k, x);
  return k.mul(factor, power(k, exponent));
}

/** 2^(high + low) for |high| <= 160 and a low part that is small beside 1. */
export function exp2(k: Builder, { high, low }: Pair): Node {
  const t = k.add(high, magic);
  const rest = k.add(k.sub(high, k.sub(t, magic)), low);
  return scaled(k, near(k, k.mul(rest, Math.LN2)), k.isub(k.bitsOf(t), magicBits));
}
