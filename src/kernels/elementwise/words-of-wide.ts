/** i64 in memory as two rows of words in scratch, and back. */
import type { Builder } from "../../ir/builder.ts";
import type { Node } from "../../ir/node.ts";
import type { View } from "../../ir/view.ts";

/** The lower and the upper words of a block of i64. */
export interface WordRows {
  readonly low: View;
  readonly high: View;
}

export function wordRows(k: Builder, elements: number): WordRows {
  return { low: k.scratch(elements, "i32"), high: k.scratch(elements, "i32") };
}

/** The words of `count` i64 at a view of words. */
export function splitWords(k: Builder, from: View, to: WordRows, count: Node): void {
  const whole = k.and(count, -4);
  k.loop(0, whole, 4, (i) => {
    const [a, b] = [0, 4].map((word) => k.loadQuad(from, k.iadd(k.imul(i, 2), word))) as [Node, Node];
    k.storeQuad(to.low, i, k.shuffle(a, b, [0, 2, 4, 6]));
    k.storeQuad(to.high, i, k.shuffle(a, b, [1, 3, 5, 7]));
  });
  k.loop(whole, count, 1, (i) => {
    k.storeScalar(to.low, i, k.loadScalar(from, k.imul(i, 2)));
    k.storeScalar(to.high, i, k.loadScalar(from, k.iadd(k.imul(i, 2), 1)));
  });
}

/** The `count` i64 of these words, to a view of words. */
export function joinWords(k: Builder, from: WordRows, to: View, count: Node): void {
  const whole = k.and(count, -4);
  k.loop(0, whole, 4, (i) => {
    const [low, high] = [k.loadQuad(from.low, i), k.loadQuad(from.high, i)];
    k.storeQuad(to, k.imul(i, 2), k.shuffle(low, high, [0, 4, 1, 5]));
    k.storeQuad(to, k.iadd(k.imul(i, 2), 4), k.shuffle(low, high, [2, 6, 3, 7]));
  });
  k.loop(whole, count, 1, (i) => {
    k.storeScalar(to, k.imul(i, 2), k.loadScalar(from.low, i));
    k.storeScalar(to, k.iadd(k.imul(i, 2), 1), k.loadScalar(from.high, i));
  });
}
