import type { Signature } from "../../ir/arguments.ts";
import { size, strided } from "../../ir/arguments.ts";
import type { Builder } from "../../ir/builder.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Node } from "../../ir/node.ts";
import type { Storage } from "../../ir/type.ts";
import type { ElementwiseOperand } from "../elementwise/elementwise.ts";
import type { Panel, Sums } from "./multiply.ts";
import { multiply, panelsBeside, storeTile } from "./multiply.ts";
import { multiplyPairs } from "./multiply-pairs.ts";
import { placeIn } from "./place-in.ts";

/** The most columns that an item may have. */
export const itemColumns = 256;

export interface Matmul {
  /** Rows of a tile, and vectors of a panel. */
  readonly mr: number;
  readonly nv: number;
  /** Panels that are worked on together, as long as so many are left. */
  readonly span: number;
  /** Dimensions of the batch. */
  readonly rank: number;
  /** How b is stored: i16 for pairs of integers, else a float. */
  readonly storage: Storage;
  readonly result: Storage;
  /** What `finish` takes beside the sum. */
  readonly others: readonly ElementwiseOperand[];
  /** What becomes of a sum before it is stored. */
  readonly finish?: (k: Builder, sum: Node, ...others: Node[]) => Node;
}

/**
 * c = finish(a · b, others) for a batch of matrices. An item is mr rows of one c, from row `firstRow` on, and `blockPanels` panels of
 * nv · lanes columns, no more than `itemColumns` in all; rows go first, then blocks, then the batch. a and others are f32 rows, the last
 * stride from row to row. Element (p, j) of a panel of b is `bPitch` · p + j elements from its beginning, and the next panel `bPanel`
 * elements away; those from number `regular` on, if any, begin at `tail` and have a pitch of `tailPitch`. Sums go along the depth in order.
 * With pairs of i16, a is i16 too, `depth` counts pairs, b has two neighbours of the depth side by side for each column, and sums are i32.
 */
export const matmul = kernel("matmul", (options: Matmul) => {
  const { mr, nv, span, rank, storage, result, others, finish } = options;
  const isInteger = storage === "i16";
  const product = isInteger ? multiplyPairs : multiply;
  const inputs = others.map((other, i) => [`x${i}`, strided(rank + 1, other.storage)] as const);
  const extents = Array.from({ length: rank }, (_, d) => [`extent${d}`, size()] as const);
  const [tensors, sizes] = [Object.fromEntries(inputs), Object.fromEntries(extents)];
  const signature = {
    a: strided(rank + 1, isInteger ? "i16" : "f32"),
    b: strided(rank, storage),
    tail: strided(rank, storage),
    c: strided(rank + 1, result),
    ...tensors,
    ...sizes,
    ...{ bPitch: size(), bPanel: size(), tailPitch: size(), regular: size() },
    ...{ n: size(), depth: size(), firstRow: size() },
    ...{ rowPanels: size(), blocks: size(), blockPanels: size(), panels: size() },
  } satisfies Signature;
  return {
    signature,
    build(k, args) {
      const words = args as unknown as Record<string, Node>;
      const { a, b, tail, c, n, depth, rowPanels, blocks, blockPanels, panels } = args;
      const width = k.imul(nv, k.lanes);
      const pitch = k.imul(blockPanels, width);
      const sums = k.scratch(mr * itemColumns, isInteger ? "i32" : "f32");
      k.items((item) => {
        const row = k.iadd(args.firstRow, k.imul(k.irem(item, rowPanels), mr));
        const block = k.idiv(item, rowPanels);
        const first = k.imul(k.irem(block, blocks), blockPanels);
        const count = k.imin(k.isub(panels, first), blockPanels);
        const at = placeIn(
          k,
          k.idiv(block, blocks),
          extents.map(([name]) => words[name] as Node),
        );
        const rows = at(a, k.imul(row, a.outer[rank] as Node));
        const matrices = { regular: at(b), tail: at(tail) };
        const inner = { rows, rowPitch: a.outer[rank] as Node, depth, width };
        const panel = (q: Node): Panel => {
          const number = k.iadd(first, q);
          const isRegular = k.lt(number, args.regular);
          const start = k.viewAt(matrices.regular, k.imul(number, args.bPanel));
          return {
            view: { pointer: k.select(isRegular, start.pointer, matrices.tail.pointer), storage },
            pitch: k.select(isRegular, args.bPitch, args.tailPitch),
          };
        };
        const keep = (tile: Sums, q: Node): void => storeTile(k, tile, { to: k.viewAt(sums, k.imul(q, width)), pitch });
        const together = k.and(k.imax(0, k.imin(count, k.isub(args.regular, first))), -span);
        if (span > 1) {
          k.loop(0, together, span, (q) => {
            const start = k.viewAt(matrices.regular, k.imul(k.iadd(first, q), args.bPanel));
            const near = panelsBeside(k, { view: start, pitch: args.bPitch, apart: args.bPanel, count: span });
            product(k, options, { ...inner, panels: near }).forEach((tile, s) => void keep(tile, k.iadd(q, s)));
          });
        }
        k.loop(span > 1 ? together : 0, count, 1, (q) => {
          product(k, options, { ...inner, panels: [panel(q)] }).forEach((tile) => void keep(tile, q));
        });
        const column = k.imul(first, width);
        const wide = k.imin(k.isub(n, column), pitch);
        const to = at(c, k.iadd(k.imul(row, c.outer[rank] as Node), column));
        const beside = inputs.map(([name], i) => {
          const view = (args as unknown as Record<string, typeof c>)[name] as typeof c;
          const start = k.imul(row, view.outer[rank] as Node);
          return {
            view: at(view, others[i]?.repeats ? start : k.iadd(start, column)),
            pitch: view.outer[rank] as Node,
          };
        });
        k.loop(0, mr, 1, (i) => {
          const from = k.viewAt(sums, k.imul(i, pitch));
          const into = k.viewAt(to, k.imul(i, c.outer[rank] as Node));
          const values = beside.map(({ view, pitch: apart }, x) => {
            const line = k.viewAt(view, k.imul(i, apart));
            return others[x]?.repeats ? k.loadSplat(line, 0) : line;
          });
          k.vectors(wide, (j, part) => {
            const sum = k.load(from, j, part);
            const taken = values.map((value) => ("pointer" in value ? k.load(value, j, part) : value));
            k.store(into, j, finish ? finish(k, sum, ...taken) : sum, part);
          });
        });
      });
    },
  };
});
