import { size, vector } from "../../ir/arguments.ts";
import type { Variable } from "../../ir/builder.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Node } from "../../ir/node.ts";
import type { RowsOfBytes } from "../movement/rows-of-bytes.ts";
import { beyond, copyBytes, eachRow, rowsSignature } from "../movement/rows-of-bytes.ts";
import type { Combining } from "./combine-row.ts";
import { combineRow } from "./combine-row.ts";
import type { IndexForm } from "./place-of-index.ts";
import { indexNames, placeOfIndex } from "./place-of-index.ts";

export interface IndexRows extends RowsOfBytes, IndexForm {
  /** Whether the indices say where rows come from, or where they go. */
  readonly side: "from" | "to";
  /** What the indices are for: each of the innermost rows, each turn of the loops around them, or each row of each turn. */
  readonly per: "row" | "turn" | "both";
  /** How rows of f32 meet what is there; where they go, in order. They replace it if not given. */
  readonly combine?: Combining | undefined;
}

/**
 * Rows copied from or to where indices say. `flags` gets a word for each item: not 0 where an index was out of range. Then, the entry nearest
 * to it was taken.
 */
export const indexRows = kernel("index-rows", ({ rank, body, side, per, combine, ...form }: IndexRows) => {
  const sizes: Record<string, ReturnType<typeof size>> = Object.fromEntries(
    indexNames(form.depth).map((name) => [name, size()]),
  );
  const flags = form.checked ? { flags: vector("i32") } : {};
  return {
    signature: { ...rowsSignature(rank), indices: vector("i32"), ...sizes, ...flags },
    build(k, args) {
      const { from, to, rows, rowFrom, rowTo, indices } = args;
      const words = args as unknown as Readonly<Record<string, Node>>;
      const named = (name: string): Node[] =>
        Array.from({ length: form.depth }, (_, d) => words[`${name}${d}`] as Node);
      const place = { indices, limits: named("limit"), strides: named("stride") };
      const faults = "flags" in args ? args.flags : undefined;
      let outside: Variable | undefined;
      eachRow(k, args, {
        rank,
        begin() {
          outside = faults && k.variable(k.integer(0));
        },
        end(item) {
          if (faults && outside) k.storeScalar(faults, item, outside.get());
        },
        row({ outer, row, start, bytes, ...offsets }) {
          const at = per === "row" ? row : per === "turn" ? outer : k.iadd(k.imul(outer, rows), row);
          const found = placeOfIndex(k, form, place, at);
          outside?.set(k.or(outside.get(), found.outside));
          const [source, target] = [offsets.from, offsets.to].map((offset) => k.iadd(offset, start)) as [Node, Node];
          const places = {
            from: beyond(k, from, source, k.imul(row, rowFrom), ...(side === "from" ? [found.bytes] : [])),
            to: beyond(k, to, target, k.imul(row, rowTo), ...(side === "to" ? [found.bytes] : [])),
            bytes,
          };
          if (combine === undefined) copyBytes(k, body, places);
          else combineRow(k, { body, combine }, places);
        },
      });
    },
  };
});
