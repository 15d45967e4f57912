import type { Builder } from "../builder.ts";
import type { Node } from "../node.ts";
import type { Pair } from "./exact-product.ts";
import { exactProduct } from "./exact-product.ts";
import { exp2 } from "./exp.ts";
import { horner } from "./horner.ts";

/** (ln((1 + s) / (1 - s)) - 2s) / s³ by s² on |s| <= 0.1716, within 2^-35 of the logarithm. */
const coefficients = [0.24279211461544037, 0.2849878668785095, 0.40000972151756287, 0.6666666269302368] as const;

/** 1 / ln 2 in two parts. */
const log2eHigh = 1.4423828125;
const log2eLow = 0.00031222839606925845;

const rootHalfBits = 0x3f3504f3;

/** log2 t for finite t > 0 within 2^-29 of itself: t = 2^e · m, s = (m - 1) / (m + 1), ln m = 2s + s³ Q(s²). */
function log2(k: Builder, t: Node): Pair {
  const subnormal = k.lt(t, 2 ** -126);
  const scaled = k.select(subnormal, k.mul(t, 2 ** 23), t);
  const above = k.isub(k.bitsOf(scaled), rootHalfBits);
  const f = k.sub(k.fromBits(k.iadd(k.and(above, 0x7fffff), rootHalfBits)), 1);
  const e = k.sub(k.toF32(k.sar(above, 23)), k.select(subnormal, k.constant(23, t.type), 0));
  const divisor = k.add(f, 2);
  const lost = k.sub(f, k.sub(divisor, 2));
  const s = k.div(f, divisor);
  const product = exactProduct(k, s, divisor);
  const rest = k.sub(k.sub(k.sub(f, product.high), product.low), k.mul(s, lost));
  const square = k.mul(s, s);
  const tail = k.fma(k.mul(s, square), horner(k, square, coefficients), k.mul(2, k.div(rest, divisor)));
  const double = k.add(s, s);
  const scaledHigh = exactProduct(k, double, k.constant(log2eHigh, t.type));
  const small = k.fma(double, log2eLow, k.fma(tail, Math.LOG2E, scaledHigh.low));
  const high = k.add(e, scaledHigh.high);
  const low = k.add(k.add(k.sub(e, high), scaledHigh.high), small);
  const sum = k.add(high, low);
  return { high: sum, low: k.add(k.sub(high, sum), low) };
}

/** |x|^y within 4 ulp, as 2^(y · log2 |x|) with the exponent in two parts. */
function magnitude(k: Builder, t: Node, y: Node): Node {
  const { high, low } = log2(k, t);
  const infinite = k.select(k.eq(t, 0), k.constant(Number.NEGATIVE_INFINITY, t.type), high);
  const log = k.select(k.eq(t, Number.POSITIVE_INFINITY), t, infinite);
  const product = exactProduct(k, y, log);
  const exponent = k.select(k.eq(log, 0), k.constant(0, t.type), product.high);
  const inRange = k.and(k.lt(k.abs(exponent), 160), k.ne(log, 0));
  const rest = k.select(inRange, k.fma(y, low, product.low), 0);
  return exp2(k, { high: k.maxAny(k.minAny(exponent, 160), -160), low: rest });
}

/**
 * x^y within 4 ulp. As in IEEE 754: 1 for y = 0 and for x = 1; negative x to integer powers alone, else NaN; zeros and
 * infinities by the limits, with the sign of x for odd y.
 */
export function pow(k: Builder, x: Node, y: Node): Node {
  const t = k.abs(x);
  const value = magnitude(k, t, y);
  const half = k.mul(y, 0.5);
  const whole = k.eq(k.trunc(y), y);
  const odd = k.and(whole, k.ne(k.trunc(half), half));
  const sign = k.select(odd, k.and(k.bitsOf(x), -0x80000000), 0);
  const signed = k.fromBits(k.or(k.bitsOf(value), sign));
  const finiteNegative = k.and(k.lt(x, 0), k.lt(t, Number.POSITIVE_INFINITY));
  const undefinedRoot = k.and(finiteNegative, k.ne(k.trunc(y), y));
  const real = k.select(undefinedRoot, k.constant(Number.NaN, x.type), signed);
  const known = k.select(k.isNan(x), x, k.select(k.isNan(y), y, real));
  return k.select(k.or(k.eq(x, 1), k.eq(y, 0)), k.constant(1, x.type), known);
}
