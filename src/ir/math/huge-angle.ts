import type { Builder } from "../builder.ts";
import type { Node } from "../node.ts";
import type { Wide } from "../wide.ts";
import { addWide, highProduct, negWide, selectWide } from "../wide.ts";
import { exactProduct } from "./exact-product.ts";

/** An angle as the distance, within π/4, to a multiple of π/2, and the number of that multiple. */
export interface Reduced {
  readonly rest: Node;
  readonly number: Node;
}

/** ⌊2^214 · 2/π⌋, highest word first. */
const twoOverPi = [0x28be60, 0xdb939105, 0x4a7f09d5, 0xf47d4d37, 0x7036d8a5, 0x664f10e4, 0x107f9458] as const;

/** π/2 as an f32 and what it lacks. */
const [halfPi, halfPiRest] = [1.5707963705062866, -4.371139000186243e-8];

/** The bits of 2/π that matter for an exponent: 96 of them, from one that counts 2 quarter turns down. */
function window(k: Builder, exponent: Node): readonly [Node, Node, Node] {
  const words = [0, 1, 2, 3].map((i) => {
    const word = (at: number): Node => k.constant(twoOverPi[at + i] ?? 0, exponent.type);
    const above = (limit: number, a: Node, b: Node): Node => k.select(k.ge(exponent, limit), a, b);
    return above(64, above(96, word(3), word(2)), above(32, word(1), word(0)));
  });
  const moved = (list: readonly Node[], bit: number): Node[] => {
    const moves = k.ne(k.and(exponent, bit), 0);
    return list.slice(0, -1).map((high, i) => {
      const low = list[i + 1] as Node;
      return k.select(moves, k.or(k.shl(high, bit), k.shr(low, 32 - bit)), high);
    });
  };
  const last = words[3] as Node;
  const bytes = moved([...words, k.constant(0, last.type)], 16);
  return moved(bytes, 8) as unknown as readonly [Node, Node, Node];
}

/**
 * t less a multiple of π/2, within an ulp, for finite t >= 2^16 (Payne and Hanek 1983): the mantissa times those bits of 2/π that make less
 * than four quarter turns, in integers, so that nothing is lost however near the multiple is.
 */
export function hugeAngle(k: Builder, t: Node): Reduced {
  const bits = k.bitsOf(t);
  const exponent = k.isub(k.shr(bits, 23), 142);
  const power = k.toI32(k.fromBits(k.shl(k.iadd(k.and(exponent, 7), 127), 23)));
  const mantissa = k.imul(k.or(k.and(bits, 0x7fffff), 0x800000), power);
  const [first, second, third] = window(k, exponent);
  const zero = k.constant(0, mantissa.type);
  const middle: Wide = { low: k.imul(mantissa, second), high: highProduct(k, mantissa, second) };
  const sum = addWide(k, middle, { low: highProduct(k, mantissa, third), high: zero });
  const turns = k.iadd(sum.high, k.imul(mantissa, first));
  const number = k.shr(k.iadd(turns, 1 << 29), 30);
  const over: Wide = { low: sum.low, high: k.isub(turns, k.shl(number, 30)) };
  const negative = k.lt(over.high, 0);
  const size = angleOf(k, selectWide(k, negative, negWide(k, over), over));
  return { rest: k.select(negative, k.neg(size), size), number };
}

/** x · 2^-62 · π/2 for x >= 0: the upper 22 bits of the upper word and those below as two f32. */
function angleOf(k: Builder, { low, high }: Wide): Node {
  const top = k.mul(k.toF32(k.and(high, -0x100)), 2 ** -30);
  const below = k.or(k.shl(k.and(high, 0xff), 23), k.shr(low, 9));
  const bottom = k.mul(k.toF32(below), 2 ** -53);
  const product = exactProduct(k, top, k.constant(halfPi, top.type));
  const rest = k.add(product.low, k.add(k.mul(top, halfPiRest), k.mul(bottom, halfPi)));
  return k.add(product.high, rest);
}
