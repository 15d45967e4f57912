import { size, vector } from "../../ir/arguments.ts";
import { kernel } from "../../ir/kernel.ts";

export interface KeepTriangle {
  readonly upper: boolean;
  /** Of an element, or of each of its words. */
  readonly storage: "i32" | "u16" | "u8";
}

/**
 * Matrices with zeros where column - row is less (`upper`) or more than `diagonal`. Rows have `columns` elements of `words` words each, of
 * which there are `length`. An item is `block` of all `total` rows.
 */
export const keepTriangle = kernel("keep-triangle", ({ upper, storage }: KeepTriangle) => ({
  signature: {
    x: vector(storage),
    y: vector(storage),
    total: size(),
    rows: size(),
    columns: size(),
    words: size(),
    length: size(),
    diagonal: size(),
    block: size(),
  },
  build(k, { x, y, total, rows, columns, words, length, diagonal, block }) {
    k.items((item) => {
      const first = k.imul(item, block);
      k.loop(first, k.imin(k.iadd(first, block), total), 1, (row) => {
        const edge = k.iadd(k.iadd(k.irem(row, rows), diagonal), upper ? 0 : 1);
        const cut = k.imul(k.imin(k.imax(edge, 0), columns), words);
        const [from, to] = [x, y].map((view) => k.viewAt(view, k.imul(row, length))) as [typeof x, typeof x];
        k.vectors(length, (i, part) => {
          const number = k.iadd(k.splat(i, "vec i32"), k.iota());
          const kept = upper ? k.ge(number, cut) : k.lt(number, cut);
          k.store(to, i, k.select(kept, k.load(from, i, part), 0), part);
        });
      });
    });
  },
}));
