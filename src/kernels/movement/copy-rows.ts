import { kernel } from "../../ir/kernel.ts";
import type { RowsOfBytes } from "./rows-of-bytes.ts";
import { beyond, copyBytes, eachRow, rowsSignature } from "./rows-of-bytes.ts";

export interface CopyRows extends RowsOfBytes {
  /** Whether source and target may be one place, where nothing need be done. */
  readonly maybeSame: boolean;
}

/** to = from, by rows that may be anywhere at the source: slices, concatenations, transpositions that keep the last axis. */
export const copyRows = kernel("copy-rows", ({ rank, body, maybeSame }: CopyRows) => ({
  signature: rowsSignature(rank),
  build(k, args) {
    const { from, to, rowFrom, rowTo } = args;
    eachRow(k, args, {
      rank,
      row({ row, start, bytes, ...offsets }) {
        const source = beyond(k, from, offsets.from, start, k.imul(row, rowFrom));
        const target = beyond(k, to, offsets.to, start, k.imul(row, rowTo));
        const copy = (): void => copyBytes(k, body, { from: source, to: target, bytes });
        if (maybeSame) k.when(k.ne(from.pointer, to.pointer), copy);
        else copy();
      },
    });
  },
}));
