import type { Builder } from "../builder.ts";
import type { Node } from "../node.ts";
import { horner } from "./horner.ts";

/** ln 2 in two parts; products of the first, which has 10 bits, with exponents are exact. */
const ln2High = 0.693359375;
const ln2Low = -0.00021219444170128554;

/** (ln(1 + f) - f + f²/2) / f³ on √½ - 1 <= f <= √2 - 1, within 0.1 · 2^-24 of ln(1 + f). */
const coefficients = [
  -0.07636399567127228, 0.12762199342250824, -0.1315961331129074, 0.14201581478118896, -0.166234090924263,
  0.2000124156475067, -0.2500081956386566, 0.3333333134651184,
] as const;

const rootHalfBits = 0x3f3504f3;

/** ln x within 1.5 ulp: x = 2^e · m with m from √½ to √2, and ln m by a polynomial. Subnormals are scaled by 2^23 first. */
export function log(k: Builder, x: Node): Node {
  const subnormal = k.lt(x, 2 ** -126);
  const scaled = k.select(subnormal, k.mul(x, 2 ** 23), x);
  const above = k.isub(k.bitsOf(scaled), rootHalfBits);
  const f = k.sub(k.fromBits(k.iadd(k.and(above, 0x7fffff), rootHalfBits)), 1);
  const e = k.sub(k.toF32(k.sar(above, 23)), k.select(subnormal, k.constant(23, x.type), 0));
  const square = k.mul(f, f);
  const high = k.fma(k.mul(f, square), horner(k, f, coefficients), k.mul(e, ln2Low));
  const value = k.fma(e, ln2High, k.add(f, k.fma(square, -0.5, high)));
  const finite = k.select(k.lt(x, Number.POSITIVE_INFINITY), value, x);
  const edge = k.select(k.eq(x, 0), k.constant(Number.NEGATIVE_INFINITY, x.type), Number.NaN);
  return k.select(k.le(x, 0), edge, finite);
}
