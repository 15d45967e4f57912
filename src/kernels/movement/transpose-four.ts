import type { Builder } from "../../ir/builder.ts";
import type { Node } from "../../ir/node.ts";

const low = [0, 4, 1, 5];
const high = [2, 6, 3, 7];

/** Four quads as rows of a square, turned into its columns. */
export function transposeFour(k: Builder, rows: readonly Node[]): Node[] {
  const [a, b, c, d] = rows as [Node, Node, Node, Node];
  return [low, high].flatMap((half) => {
    const [even, odd] = [k.shuffle(a, c, half), k.shuffle(b, d, half)];
    return [k.shuffle(even, odd, low), k.shuffle(even, odd, high)];
  });
}
