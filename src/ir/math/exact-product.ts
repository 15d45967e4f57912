import type { Builder } from "../builder.ts";
import type { Node } from "../node.ts";

/** A value as an f32 and what it lacks. */
export interface Pair {
  readonly high: Node;
  readonly low: Node;
}

/** The upper 12 bits of a value, and the others. */
function halves(k: Builder, x: Node): Pair {
  const high = k.fromBits(k.and(k.bitsOf(x), -0x1000));
  return { high, low: k.sub(x, high) };
}

/** a · b without rounding, on targets with and without a fused product (Dekker 1971). */
export function exactProduct(k: Builder, a: Node, b: Node): Pair {
  const [x, y] = [halves(k, a), halves(k, b)];
  const high = k.mul(a, b);
  const first = k.sub(k.mul(x.high, y.high), high);
  const second = k.add(first, k.mul(x.high, y.low));
  const third = k.add(second, k.mul(x.low, y.high));
  return { high, low: k.add(third, k.mul(x.low, y.low)) };
}
