import { size, vector } from "../../ir/arguments.ts";
import type { Builder, Variable } from "../../ir/builder.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Node } from "../../ir/node.ts";
import type { View } from "../../ir/view.ts";
import type { Piece, RowsOfBytes } from "../movement/rows-of-bytes.ts";
import { copyBytes, eachRow, rowsSignature } from "../movement/rows-of-bytes.ts";
import type { Combining } from "./combine-row.ts";
import { combineRow } from "./combine-row.ts";
import type { IndexForm } from "./place-of-index.ts";
import { indexNames, placeOfIndex, placesOfFour } from "./place-of-index.ts";

export interface IndexRows extends RowsOfBytes, IndexForm {
  /** Whether the indices say where rows come from, or where they go. */
  readonly side: "from" | "to";
  /** What the indices are for: each of the innermost rows, each turn of the loops around them, or each row of each turn. */
  readonly per: "row" | "turn" | "both";
  /** Whether elements are side by side where no indices say where they are. */
  readonly dense: boolean;
  /** How rows of f32 meet what is there; where they go, in order. They replace it if not given. */
  readonly combine?: Combining | undefined;
}

/**
 * Rows copied from or to where indices say. `flags` gets a word for each item: not 0 where an index was out of range. Then, the entry nearest
 * to it was taken.
 */
export const indexRows = kernel("index-rows", (options: IndexRows) => {
  const { rank, body, per, depth, checked } = options;
  const sizes: Record<string, ReturnType<typeof size>> = Object.fromEntries(
    indexNames(depth).map((name) => [name, size()]),
  );
  const flags = checked ? { flags: vector("i32") } : {};
  return {
    signature: { ...rowsSignature(rank), indices: vector("i32"), ...sizes, ...flags },
    build(k, args) {
      const { rows, indices } = args;
      const words = args as unknown as Readonly<Record<string, Node>>;
      const named = (name: string): Node[] => Array.from({ length: depth }, (_, d) => words[`${name}${d}`] as Node);
      const place = { indices, limits: named("limit"), strides: named("stride") };
      const faults = "flags" in args ? args.flags : undefined;
      let [outside, outsideFour]: (Variable | undefined)[] = [];
      const numberOf = ({ outer, row }: Piece): Node =>
        per === "row" ? row : per === "turn" ? outer : k.iadd(k.imul(outer, rows), row);
      const isByFour = depth === 1 && per !== "turn" && typeof body === "number";
      eachRow(k, args, {
        rank,
        begin() {
          outside = faults && k.variable(k.integer(0));
          outsideFour = faults && isByFour ? k.variable(k.constant(0, "quad i32")) : undefined;
        },
        end(item) {
          const four = outsideFour?.get();
          const lanes = four ? [0, 1, 2, 3].map((lane) => k.extract(four, lane)) : [];
          if (!faults || !outside) return;
          const all = lanes.reduce((a, b) => k.or(a, b), outside.get());
          k.storeScalar(faults, item, all);
        },
        four: isByFour
          ? (piece) => {
              const found = placesOfFour(k, options, place, numberOf(piece));
              outsideFour?.set(k.or(outsideFour.get(), found.outside));
              found.bytes.forEach(
                (bytes, next) => void moveRow(k, options, { ...piece, ends: args, found: bytes, next }),
              );
            }
          : undefined,
        row(piece) {
          const found = placeOfIndex(k, options, place, numberOf(piece));
          outside?.set(k.or(outside.get(), found.outside));
          moveRow(k, options, { ...piece, ends: args, found: found.bytes, next: 0 });
        },
      });
    },
  };
});

interface Ends {
  readonly from: View;
  readonly to: View;
  readonly rowFrom: Node;
  readonly rowTo: Node;
}

/** The row that is `next` after a piece's; its index says `found` bytes. */
interface FoundRow extends Piece {
  readonly ends: Ends;
  readonly found: Node;
  readonly next: number;
}

function moveRow(k: Builder, { body, side, dense, combine }: IndexRows, piece: FoundRow): void {
  const { ends, row, start, bytes, found, next } = piece;
  const place = (own: "from" | "to", rowStride: Node): View => {
    const stride = dense && own !== side ? k.integer(body as number) : rowStride;
    const ahead = k.imul(k.integer(next), stride);
    const { pointer } = ends[own];
    const base = [piece[own], start, k.imul(row, stride)].reduce((sum, each) => k.iadd(sum, each), pointer);
    return { pointer: k.iadd(base, own === side ? k.iadd(found, ahead) : ahead), storage: "u8" };
  };
  const places = { from: place("from", ends.rowFrom), to: place("to", ends.rowTo), bytes };
  if (combine === undefined) copyBytes(k, body, places);
  else combineRow(k, { body, combine }, places);
}
