import type { Builder } from "../ir/builder.ts";
import type { Node } from "../ir/node.ts";
import { dtypes } from "../tensor/dtype.ts";
import { binary } from "./binary.ts";

/** By the powers of 2 that the count consists of; a count is not negative. */
function emitShift(k: Builder, a: Node, count: Node, shift: "shl" | "shr"): Node {
  const shifted = [1, 2, 4, 8, 16].reduce(
    (value, bit) => k.select(k.ne(k.and(count, bit), 0), k[shift](value, bit), value),
    a,
  );
  return k.select(k.lt(count, 32), shifted, 0);
}

/** a shifted by b bits, the new ones zero (copies of the sign for negative a, shifted right). A shift by the width or more leaves none of the old bits. */
export const bitShift = binary<{ readonly direction: "left" | "right" }>("bitShift", {
  eval: (a, b, { direction }) => (direction === "left" ? a * 2 ** b : Math.floor(a / 2 ** b)),
  emit: (k, [a, b], { direction }, { result }) =>
    dtypes[result].kind === "uint" ? emitShift(k, a, b, direction === "left" ? "shl" : "shr") : undefined,
  evalBig: (a, b, { direction }) => (direction === "left" ? (b < 64n ? a << b : 0n) : a >> (b < 64n ? b : 64n)),
  on: "integer",
  examples: [
    [5, 3, 40, { direction: "left" }],
    [21, 2, 5, { direction: "right" }],
    [1, 100, 0, { direction: "right" }],
  ],
});
