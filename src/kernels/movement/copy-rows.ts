import { kernel } from "../../ir/kernel.ts";
import type { RowsOfBytes } from "./rows-of-bytes.ts";
import { beyond, copyBytes, eachRow, rowsSignature } from "./rows-of-bytes.ts";

/** to = from, by rows that may be anywhere at the source: slices, concatenations, transpositions that keep the last axis. */
export const copyRows = kernel("copy-rows", ({ rank, body }: RowsOfBytes) => ({
  signature: rowsSignature(rank),
  build(k, args) {
    const { from, to, rowFrom, rowTo } = args;
    eachRow(k, rank, args, ({ row, start, bytes, ...offsets }) => {
      const source = beyond(beyond(from, k, k.iadd(offsets.from, start)), k, k.imul(row, rowFrom));
      const target = beyond(beyond(to, k, k.iadd(offsets.to, start)), k, k.imul(row, rowTo));
      copyBytes(k, body, { from: source, to: target, bytes });
    });
  },
}));
