/** f16 and bf16 as integer arithmetic on their bits: the same result on every target, subnormals included. */
import type { Builder } from "../builder.ts";
import type { Node } from "../node.ts";

/** The f32 that bf16 bits, zero-extended, stand for. */
export function bfloat16Value(k: Builder, bits: Node): Node {
  return k.fromBits(k.shl(bits, 16));
}

/** The bf16 bits of an f32, to nearest even. Every NaN becomes 0x7fc0. */
export function bfloat16Bits(k: Builder, x: Node): Node {
  const bits = k.bitsOf(x);
  const odd = k.and(k.shr(bits, 16), 1);
  const rounded = k.shr(k.iadd(k.iadd(bits, 0x7fff), odd), 16);
  return k.select(k.isNan(x), 0x7fc0, rounded);
}

/** The f32 that f16 bits, sign-extended, stand for: the exponent is moved by a product, which also brings subnormals into range and makes NaNs quiet. */
export function float16Value(k: Builder, bits: Node): Node {
  const placed = k.and(k.shl(bits, 13), 0x8fffe000 | 0);
  const special = k.eq(k.and(placed, 0x1f << 23), 0x1f << 23);
  return k.mul(k.fromBits(k.select(special, k.or(placed, 0xff << 23), placed)), 2 ** 112);
}

/** The same numbers, and every NaN as 0x7fc00000: instructions that store f16 keep the sign and the upper bits of NaNs, and make 0x7e00 of this one. */
export function withOneNan(k: Builder, x: Node): Node {
  return k.fromBits(k.select(k.eq(x, x), k.bitsOf(x), 0x7fc00000));
}

/**
 * The f16 bits of an f32, to nearest even; infinite from 65520 on; every NaN becomes 0x7e00. Below 2^-14 the sum with 1/2
 * puts the last f16 bit at the last bit of the f32, so that the addition rounds.
 */
export function float16Bits(k: Builder, x: Node): Node {
  const bits = k.bitsOf(x);
  const magnitude = k.and(bits, 0x7fffffff);
  const small = k.isub(k.bitsOf(k.add(k.fromBits(magnitude), 0.5)), 0x3f000000);
  const odd = k.and(k.shr(magnitude, 13), 1);
  const normal = k.imin(k.shr(k.iadd(k.iadd(magnitude, odd), (-112 << 23) + 0xfff), 13), 0x7c00);
  const finite = k.select(k.lt(magnitude, 113 << 23), small, normal);
  const signed = k.or(finite, k.and(k.shr(bits, 16), 0x8000));
  return k.select(k.isNan(x), 0x7e00, signed);
}
