import type { Builder } from "../builder.ts";
import type { Node } from "../node.ts";

/** A value that is not negative, with the sign of `x`. */
export function copySign(k: Builder, magnitude: Node, x: Node): Node {
  return k.fromBits(k.or(k.bitsOf(magnitude), k.and(k.bitsOf(x), -0x80000000)));
}
