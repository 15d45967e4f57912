import type { Builder } from "../builder.ts";
import type { Node } from "../node.ts";

/** An integer quotient cut towards zero, and the rest, which has the sign of the dividend. */
export interface Quotient {
  readonly quotient: Node;
  readonly rest: Node;
}

/** |x| as a number without sign: 2^31 for the least i32. */
const magnitude = (k: Builder, x: Node): Node => k.imax(x, k.isub(0, x));

/**
 * a / b of i32, both 0 where b is 0; -2^31 / -1 wraps. The quotient of the nearest f32 is off by less than 2^9, that of what it leaves by 1 at
 * most.
 */
export function integerQuotient(k: Builder, a: Node, b: Node): Quotient {
  const divisor = k.toF32(b);
  const about = (x: Node): Node => k.toI32Sat(k.trunc(k.div(k.toF32(x), divisor)));
  const first = about(a);
  const left = k.isub(a, k.imul(first, b));
  const second = about(left);
  const rest = k.isub(left, k.imul(second, b));
  const [size, zero, one] = [magnitude(k, b), k.constant(0, a.type), k.constant(1, a.type)];
  // A rest with the sign of a: one divisor more where it has the other sign, one less where it is too large.
  const wrongSign = k.and(k.ne(rest, 0), k.lt(k.xor(rest, a), 0));
  const tooLarge = k.and(k.not(wrongSign), k.and(k.ge(k.isub(magnitude(k, rest), size), 0), k.ne(size, -0x80000000)));
  const towards = k.select(k.lt(k.xor(a, b), 0), k.constant(-1, a.type), one);
  const change = k.select(wrongSign, k.isub(0, towards), k.select(tooLarge, towards, zero));
  const quotient = k.iadd(k.iadd(first, second), change);
  const isZero = k.eq(b, 0);
  return {
    quotient: k.select(isZero, zero, quotient),
    rest: k.select(isZero, zero, k.isub(rest, k.imul(change, b))),
  };
}
