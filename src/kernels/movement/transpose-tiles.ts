import { size, vector } from "../../ir/arguments.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Node } from "../../ir/node.ts";
import type { View } from "../../ir/view.ts";
import { offsetsOf } from "./rows-of-bytes.ts";
import { transposeFour } from "./transpose-four.ts";

export interface TransposeTiles {
  /** Loops around the matrices. */
  readonly rank: number;
  readonly storage: "i32" | "u16" | "u8";
}

/** Rows of the target that one item does: a cache line of 32-bit elements at the source. */
export const transposeBlock = 16;

/**
 * Matrices transposed: `rows` rows of `columns` elements at the target, where neighbours in a row are `pitchFrom` bytes apart at the
 * source and those in a column side by side; rows of the target are `pitchTo` bytes apart. An item is `transposeBlock` rows.
 */
export const transposeTiles = kernel("transpose-tiles", ({ rank, storage }: TransposeTiles) => {
  const names = Array.from({ length: rank }, (_, d) => [`extent${d}`, `from${d}`, `to${d}`]).flat();
  const sizes: Record<string, ReturnType<typeof size>> = Object.fromEntries(names.map((name) => [name, size()]));
  return {
    signature: {
      from: vector(storage),
      to: vector(storage),
      ...sizes,
      rows: size(),
      columns: size(),
      pitchFrom: size(),
      pitchTo: size(),
      blocks: size(),
    },
    build(k, args) {
      const { from, to, rows, columns, pitchFrom, pitchTo, blocks } = args;
      k.items((item) => {
        const offsets = offsetsOf(k, rank, k.idiv(item, blocks), args as never);
        const first = k.imul(k.irem(item, blocks), transposeBlock);
        const source = k.viewAt({ ...from, pointer: k.iadd(from.pointer, offsets.from) }, first);
        const target = { ...to, pointer: k.iadd(k.iadd(to.pointer, offsets.to), k.imul(first, pitchTo)) };
        const count = k.imin(k.isub(rows, first), transposeBlock);
        const [whole, across] = [k.and(count, -4), k.and(columns, -4)];
        const read = (column: Node): View => ({
          ...source,
          pointer: k.iadd(source.pointer, k.imul(column, pitchFrom)),
        });
        const write = (row: Node): View => ({ ...target, pointer: k.iadd(target.pointer, k.imul(row, pitchTo)) });
        const one = (row: Node, column: Node): void =>
          k.storeScalar(write(row), column, k.loadScalar(read(column), row));
        k.loop(0, across, 4, (column) => {
          k.loop(0, whole, 4, (row) => {
            const lines = [0, 1, 2, 3].map((i) => k.loadQuad(read(k.iadd(column, i)), row));
            transposeFour(k, lines).forEach((line, i) => void k.storeQuad(write(k.iadd(row, i)), column, line));
          });
          k.loop(whole, count, 1, (row) => {
            for (let i = 0; i < 4; i++) one(row, k.iadd(column, i));
          });
        });
        k.loop(across, columns, 1, (column) => k.loop(0, count, 1, (row) => one(row, column)));
      });
    },
  };
});
