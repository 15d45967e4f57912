import type { Arguments, Signature, Strided } from "../../ir/arguments.ts";
import { size, strided } from "../../ir/arguments.ts";
import type { Builder } from "../../ir/builder.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Node } from "../../ir/node.ts";
import type { Storage } from "../../ir/type.ts";
import type { View } from "../../ir/view.ts";
import type { ElementwiseOperand } from "../elementwise/elementwise.ts";
import type { Beside } from "./finish-rows.ts";
import { finishRows } from "./finish-rows.ts";
import type { Factors, Panel, Sums } from "./multiply.ts";
import { multiply, panelsBeside, storeTile } from "./multiply.ts";
import { multiplyPairs } from "./multiply-pairs.ts";
import type { PlaceIn } from "./place-in.ts";
import { placeIn } from "./place-in.ts";

/** The most columns that an item may have. */
export const itemColumns = 256;

export interface Matmul {
  /** Rows of a tile, and vectors of a panel. */
  readonly mr: number;
  readonly nv: number;
  /** Steps of the depth that a round of the loop takes. */
  readonly steps: number;
  /** Panels that are worked on together, as long as so many are left: 1, 2 or 4. */
  readonly span: number;
  /** Dimensions of the batch. */
  readonly rank: number;
  /** How b is stored: i16 for pairs of integers, else a float. */
  readonly storage: Storage;
  /** Whether all of b is in panels of rows side by side; else the words say how it lies. */
  readonly packsColumns: boolean;
  /** Whether the rows of a tile are packed as packRows does it. */
  readonly packsRows: boolean;
  readonly result: Storage;
  /** What `finish` takes beside the sum. */
  readonly others: readonly ElementwiseOperand[];
  /** What becomes of a sum before it is stored. */
  readonly finish?: (k: Builder, sum: Node, ...others: Node[]) => Node;
}

const signatureOf = ({ rank, storage, result, others }: Matmul) => {
  const inputs = others.map((other, i) => [`x${i}`, strided(rank + 1, other.storage)] as const);
  const extents = Array.from({ length: rank }, (_, d) => [`extent${d}`, size()] as const);
  return {
    a: strided(rank + 1, storage === "i16" ? "i16" : "f32"),
    b: strided(rank, storage),
    tail: strided(rank, storage),
    c: strided(rank + 1, result),
    ...(Object.fromEntries(inputs) as Readonly<Record<never, never>>),
    ...(Object.fromEntries(extents) as Readonly<Record<never, never>>),
    ...{ bPitch: size(), bPanel: size(), tailPitch: size(), regular: size() },
    ...{ n: size(), depth: size(), firstRow: size() },
    ...{ rowPanels: size(), blocks: size(), blockPanels: size(), panels: size() },
  } satisfies Signature;
};

type Words = Arguments<ReturnType<typeof signatureOf>>;

/** Some columns of mr rows of a product. */
interface Item {
  readonly args: Words;
  readonly row: Node;
  /** The first panel, and how many there are. */
  readonly first: Node;
  readonly count: Node;
  /** Where this product of the batch begins. */
  readonly at: PlaceIn;
  /** Columns of a panel, and of the block that `sums` has room for. */
  readonly width: Node;
  readonly pitch: Node;
  readonly sums: View;
}

/**
 * c = finish(a · b, others) for a batch of matrices. An item is mr rows of one c, from row `firstRow` on, and `blockPanels` panels of
 * nv · lanes columns, no more than `itemColumns` in all; rows go first, then blocks, then the batch. a and others are f32 rows, the last
 * stride from row to row. Element (p, j) of a panel of b is `bPitch` · p + j elements from its beginning, and the next panel `bPanel`
 * elements away; those from number `regular` on, if any, begin at `tail` and have a pitch of `tailPitch`. Sums go along the depth in order.
 * With pairs of i16, a is i16 too, `depth` counts pairs, b has two neighbours of the depth side by side for each column, and sums are i32.
 */
export const matmul = kernel("matmul", (options: Matmul) => ({
  signature: signatureOf(options),
  build(k: Builder, args: Words) {
    const { mr, nv, rank, storage } = options;
    const words = args as unknown as Record<string, Node & Strided>;
    const extents = Array.from({ length: rank }, (_, d) => words[`extent${d}`] as Node);
    const width = k.imul(nv, k.lanes);
    const pitch = k.imul(args.blockPanels, width);
    const sums = k.scratch(mr * itemColumns, storage === "i16" ? "i32" : "f32");
    k.items((number) => {
      const row = k.iadd(args.firstRow, k.imul(k.irem(number, args.rowPanels), mr));
      const block = k.idiv(number, args.rowPanels);
      const first = k.imul(k.irem(block, args.blocks), args.blockPanels);
      const count = k.imin(k.isub(args.panels, first), args.blockPanels);
      const at = placeIn(k, k.idiv(block, args.blocks), extents);
      const item = { args, row, first, count, at, width, pitch, sums };
      multiplyPanels(k, options, item);
      const column = k.imul(first, width);
      const rowsOf = (tensor: Strided, start: Node | number): Beside => {
        const step = tensor.outer[rank] as Node;
        return { view: at(tensor, k.iadd(k.imul(row, step), start)), pitch: step };
      };
      finishRows(k, options, {
        from: { view: sums, pitch },
        to: rowsOf(args.c, column),
        beside: options.others.map(({ repeats }, i) => rowsOf(words[`x${i}`] as Strided, repeats ? 0 : column)),
        rows: mr,
        wide: k.imin(k.isub(args.n, column), pitch),
      });
    });
  },
}));

/** The products of an item, into its sums. */
function multiplyPanels(k: Builder, options: Matmul, item: Item): void {
  const { span, mr, steps, storage, packsColumns, packsRows } = options;
  const { args, row, first, count, at, width, pitch, sums } = item;
  const step = args.a.outer.at(-1) as Node;
  const rows = at(args.a, k.imul(row, step));
  const factors: Omit<Factors, "panels"> = packsRows
    ? { rows, rowPitch: k.integer(1), depthPitch: mr, depth: args.depth, steps }
    : { rows, rowPitch: step, depth: args.depth, steps };
  const columns = packsColumns ? packedColumns(k, options, item) : columnsInPlace(k, options, item);
  const go = (q: Node, panels: readonly Panel[]): void => {
    const tiles: readonly Sums[] = (storage === "i16" ? multiplyPairs : multiply)(k, options, { ...factors, panels });
    tiles.forEach((tile, s) => {
      storeTile(k, tile, { to: k.viewAt(sums, k.imul(k.iadd(q, s), width)), pitch });
    });
  };
  const together = k.and(k.imax(0, k.imin(count, k.isub(columns.regular, first))), -span);
  if (span > 1) k.loop(0, together, span, (q) => go(q, columns.several(k.iadd(first, q))));
  k.loop(span > 1 ? together : 0, count, 1, (q) => go(q, [columns.one(k.iadd(first, q))]));
}

/** How the panels of an item are found by number: one, or `span` of those below `regular`. */
interface Columns {
  readonly regular: Node;
  readonly one: (number: Node) => Panel;
  readonly several: (number: Node) => Panel[];
}

function packedColumns(k: Builder, { span, storage }: Matmul, { args, at, width }: Item): Columns {
  const pitch = storage === "i16" ? k.imul(width, 2) : width;
  const [matrix, apart] = [at(args.b), k.imul(args.depth, pitch)];
  const viewOf = (number: Node): View => k.viewAt(matrix, k.imul(number, apart));
  return {
    regular: args.panels,
    one: (number) => ({ view: viewOf(number), pitch }),
    several: (number) => panelsBeside(k, { view: viewOf(number), pitch, apart, count: span }),
  };
}

function columnsInPlace(k: Builder, { span, storage }: Matmul, { args, at }: Item): Columns {
  const [matrix, tail] = [at(args.b), at(args.tail)];
  const viewOf = (number: Node): View => k.viewAt(matrix, k.imul(number, args.bPanel));
  const { regular, bPitch: pitch, bPanel: apart } = args;
  return {
    regular,
    one(number) {
      const isRegular = k.lt(number, regular);
      const pointer = k.select(isRegular, viewOf(number).pointer, tail.pointer);
      return { view: { pointer, storage }, pitch: k.select(isRegular, pitch, args.tailPitch) };
    },
    several: (number) => panelsBeside(k, { view: viewOf(number), pitch, apart, count: span }),
  };
}
