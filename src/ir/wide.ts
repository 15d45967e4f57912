/** 64-bit integers as two i32 values, of any form: the kernel language has no wider lanes. They wrap. */
import type { Builder } from "./builder.ts";
import type { Node } from "./node.ts";

/** high · 2^32 + low, where low counts without sign. */
export interface Wide {
  readonly low: Node;
  readonly high: Node;
}

const signBit = -0x80000000;

/** The 64-bit value of an i32. */
export const widen = (k: Builder, x: Node): Wide => ({ low: x, high: k.sar(x, 31) });

/** Whether a < b as numbers without sign. */
export const lessUnsigned = (k: Builder, a: Node, b: Node): Node => k.lt(k.xor(a, signBit), k.xor(b, signBit));

export const equalWide = (k: Builder, a: Wide, b: Wide): Node => k.and(k.eq(a.low, b.low), k.eq(a.high, b.high));

export function lessWide(k: Builder, a: Wide, b: Wide): Node {
  return k.or(k.lt(a.high, b.high), k.and(k.eq(a.high, b.high), lessUnsigned(k, a.low, b.low)));
}

export const selectWide = (k: Builder, mask: Node, a: Wide, b: Wide): Wide => ({
  low: k.select(mask, a.low, b.low),
  high: k.select(mask, a.high, b.high),
});

const oneWhere = (k: Builder, mask: Node, like: Node): Node => k.select(mask, k.constant(1, like.type), 0);

export function addWide(k: Builder, a: Wide, b: Wide): Wide {
  const low = k.iadd(a.low, b.low);
  const carry = oneWhere(k, lessUnsigned(k, low, a.low), low);
  return { low, high: k.iadd(k.iadd(a.high, b.high), carry) };
}

export function subWide(k: Builder, a: Wide, b: Wide): Wide {
  const borrow = oneWhere(k, lessUnsigned(k, a.low, b.low), a.low);
  return { low: k.isub(a.low, b.low), high: k.isub(k.isub(a.high, b.high), borrow) };
}

export function negWide(k: Builder, a: Wide): Wide {
  const zero = k.constant(0, a.low.type);
  return subWide(k, { low: zero, high: zero }, a);
}

/** The upper word of the product of two words without sign, by halves. */
export function highProduct(k: Builder, a: Node, b: Node): Node {
  const [a0, a1, b0, b1] = [k.and(a, 0xffff), k.shr(a, 16), k.and(b, 0xffff), k.shr(b, 16)];
  const first = k.iadd(k.imul(a1, b0), k.shr(k.imul(a0, b0), 16));
  const second = k.iadd(k.imul(a0, b1), k.and(first, 0xffff));
  return k.iadd(k.imul(a1, b1), k.iadd(k.shr(first, 16), k.shr(second, 16)));
}

export function mulWide(k: Builder, a: Wide, b: Wide): Wide {
  const across = k.iadd(k.imul(a.low, b.high), k.imul(a.high, b.low));
  return { low: k.imul(a.low, b.low), high: k.iadd(highProduct(k, a.low, b.low), across) };
}

/** The f32 nearest to a value of up to 32 bits, and within 1 ulp of it beyond. The lower word counts with its sign. */
export function wideToF32(k: Builder, { low, high }: Wide): Node {
  const rest = k.imax(k.isub(high, k.sar(low, 31)), high);
  return k.add(k.mul(k.toF32(rest), 2 ** 32), k.toF32(low));
}

/** An f32 cut towards zero; -2^63 for NaN and what does not fit. */
export function wideOfF32(k: Builder, x: Node): Wide {
  const t = k.trunc(x);
  const fits = k.lt(k.abs(t), 2 ** 63);
  const magnitude = k.abs(t);
  const upper = k.floor(k.mul(magnitude, 2 ** -32));
  const lower = k.sub(magnitude, k.mul(upper, 2 ** 32));
  const low = k.toI32Sat(k.select(k.ge(lower, 2 ** 31), k.sub(lower, 2 ** 32), lower));
  const positive = { low, high: k.toI32Sat(upper) };
  const value = selectWide(k, k.lt(t, 0), negWide(k, positive), positive);
  return { low: k.select(fits, value.low, 0), high: k.select(fits, value.high, signBit) };
}
