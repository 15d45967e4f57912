import { size, vector } from "../../ir/arguments.ts";
import type { Builder } from "../../ir/builder.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Node } from "../../ir/node.ts";
import type { Storage } from "../../ir/type.ts";
import type { View } from "../../ir/view.ts";
import { transposeFour } from "../movement/transpose-four.ts";

/** Keys that scores are made for at a time, whatever the target: it decides in which order sums are made. */
export const keyBlock = 64;

/**
 * Keys [matrix][keys][size] in blocks of `keyBlock`, each as [size][keyBlock] in f32; what lies beyond the last key is left as it is. An item is
 * a block of one matrix.
 */
export const transposeKeys = kernel("transpose-keys", ({ storage }: { readonly storage: Storage }) => ({
  signature: { keys: vector(storage), transposed: vector(), count: size(), depth: size(), blocks: size() },
  build(k, { keys, transposed, count, depth, blocks }) {
    k.items((item) => {
      const first = k.imul(k.irem(item, blocks), keyBlock);
      const row = k.iadd(k.imul(k.idiv(item, blocks), count), first);
      const from = k.viewAt(keys, k.imul(row, depth));
      const to = k.viewAt(transposed, k.imul(k.imul(item, keyBlock), depth));
      transposeBlock(k, { from, to, count: k.imin(k.isub(count, first), keyBlock), depth });
    });
  },
}));

interface Block {
  readonly from: View;
  readonly to: View;
  /** Rows of `from`, and their length and pitch. */
  readonly count: Node;
  readonly depth: Node;
}

/** Writes the rows of `from` as columns of `to`, whose rows are `keyBlock` apart: four by four, then what is left one by one. */
export function transposeBlock(k: Builder, { from, to, count, depth }: Block): void {
  const [rows, columns] = [k.and(count, -4), k.and(depth, -4)];
  const move = (j: Node, p: Node): void =>
    k.storeScalar(to, k.iadd(k.imul(p, keyBlock), j), k.loadScalar(from, k.iadd(k.imul(j, depth), p)));
  k.loop(0, rows, 4, (j) => {
    k.loop(0, columns, 4, (p) => {
      const lines = [0, 1, 2, 3].map((i) => k.loadQuad(from, k.iadd(k.iadd(k.imul(j, depth), k.imul(i, depth)), p)));
      transposeFour(k, lines).forEach((line, i) => {
        k.storeQuad(to, k.iadd(k.iadd(k.imul(p, keyBlock), i * keyBlock), j), line);
      });
    });
    k.loop(columns, depth, 1, (p) => {
      for (let i = 0; i < 4; i++) move(k.iadd(j, i), p);
    });
  });
  k.loop(rows, count, 1, (j) => k.loop(0, depth, 1, (p) => move(j, p)));
}
