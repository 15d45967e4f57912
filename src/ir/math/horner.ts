import type { Builder } from "../builder.ts";
import type { Node } from "../node.ts";

/** The polynomial of x with these coefficients, highest power first. */
export function horner(k: Builder, x: Node, [first, ...rest]: readonly [number, ...number[]]): Node {
  return rest.reduce((sum, c) => k.fma(sum, x, c), k.constant(first, x.type));
}
