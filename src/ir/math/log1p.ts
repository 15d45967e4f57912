import type { Builder } from "../builder.ts";
import type { Node } from "../node.ts";
import { horner } from "./horner.ts";

/** ln(1 + x) for 0 <= x <= 1, by 2 · artanh s with s = x / (2 + x) <= 1/3: the series of artanh, up to s¹⁷ / 17. */
export function log1p(k: Builder, x: Node): Node {
  const s = k.div(x, k.add(x, 2));
  const square = k.mul(s, s);
  const series = horner(k, square, [2 / 17, 2 / 15, 2 / 13, 2 / 11, 2 / 9, 2 / 7, 2 / 5, 2 / 3]);
  return k.fma(k.mul(s, square), series, k.add(s, s));
}
