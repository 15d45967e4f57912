import type { Builder } from "../builder.ts";
import type { Node } from "../node.ts";

/** eˣ - 1 for x <= 0, with the relative accuracy of tanh also near 0: 2t / (1 - t) with t = tanh(x / 2). */
export function expm1(k: Builder, x: Node): Node {
  const t = k.tanh(k.mul(x, 0.5));
  return k.div(k.add(t, t), k.sub(1, t));
}
