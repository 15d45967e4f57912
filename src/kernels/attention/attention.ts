import type { Arguments, Signature } from "../../ir/arguments.ts";
import { number, size, strided, vector } from "../../ir/arguments.ts";
import type { Builder } from "../../ir/builder.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Node } from "../../ir/node.ts";
import type { Storage } from "../../ir/type.ts";
import type { View } from "../../ir/view.ts";
import { multiply, panelsBeside, storeTile } from "../matmul/multiply.ts";
import type { RowState, ScoreForm } from "./attend-row.ts";
import { attendRow, maskRow } from "./attend-row.ts";
import { keyBlock, transposeBlock } from "./transpose-keys.ts";

/** The most elements that a value may have, and a key that items transpose for themselves. */
export const mostValueSize = 512;
export const mostOwnSize = 256;

export interface Attention extends ScoreForm {
  readonly mr: number;
  readonly nv: number;
  /** Panels that are worked on together, as long as so many are left: 1, 2 or 4. */
  readonly span: number;
  /** How keys are stored where each item transposes them for itself; undefined where that is done before. */
  readonly keys?: Storage | undefined;
  readonly result: Storage;
  readonly hasOffset: boolean;
  readonly hasLengths: boolean;
  readonly sink?: Storage | undefined;
  /** What rows give whose keys are all masked. */
  readonly whenAllMasked: "zeros" | "nan";
}

const signatureOf = ({ keys, result, mask, sink }: Attention) =>
  ({
    ...{ q: vector(), k: vector(keys ?? "f32"), v: vector(), y: vector(result) },
    ...{ mask: strided(3, mask?.storage ?? "f32"), sink: vector(sink ?? "f32") },
    ...{ offset: strided(1, "i32"), lengths: strided(1, "i32") },
    ...{ scale: number(), softcap: number(), left: size(), right: size() },
    ...{ size: size(), valueSize: size(), keys: size(), queries: size(), heads: size(), matrixRows: size() },
    ...{ kvHeads: size(), keyBlocks: size(), vMatrix: size(), vPitch: size(), vPanel: size(), panels: size() },
    ...{ firstRow: size(), rowPanels: size() },
  }) satisfies Signature;

type Words = Arguments<ReturnType<typeof signatureOf>>;

/** The mr rows of one item, and the scratch for them. */
interface Item {
  readonly options: Attention;
  readonly args: Words;
  readonly matrix: Node;
  readonly batch: Node;
  /** The number of row i in its matrix, and among those of all matrices. */
  readonly row: Node;
  readonly rowOf: (i: Node | number) => Node;
  readonly scores: View;
  /** Sums of values, in rows of `pitch` elements. */
  readonly answer: View;
  readonly pitch: Node;
  readonly state: RowState;
}

/**
 * Attention with the softmax made as the keys come, in blocks of `keyBlock`. A matrix is a head of keys and values, and its rows are those of all heads of
 * queries that share it, one head after another. An item is mr rows of a matrix, from row `firstRow` on. q and y are rows of `size` and `valueSize` elements;
 * keys are [matrix][keys][size], or as transposeKeys leaves them; the values of a matrix begin `vMatrix` elements after those of the one before: `panels` panels,
 * `vPanel` apart, with a pitch of `vPitch`. Blocks that are masked for all rows of an item are left out; for finite values no bit depends on which rows an item has.
 */
export const attention = kernel("attention", (options: Attention) => ({
  signature: signatureOf(options),
  build(k: Builder, args: Words) {
    const { mr, nv, keys: storage } = options;
    const rooms = {
      scores: k.scratch(mr * keyBlock),
      answer: k.scratch(mr * mostValueSize),
      state: { top: k.scratch(mr), sum: k.scratch(mr), decay: k.scratch(mr) },
    };
    const own = storage && k.scratch(keyBlock * mostOwnSize);
    const pitch = k.imul(args.panels, k.imul(nv, k.lanes));
    k.items((number) => {
      const matrix = k.idiv(number, args.rowPanels);
      const row = k.iadd(args.firstRow, k.imul(k.irem(number, args.rowPanels), mr));
      const rowOf = (i: Node | number): Node => k.iadd(k.imul(matrix, args.matrixRows), k.iadd(row, k.integer(i)));
      const item: Item = { options, args, matrix, batch: k.idiv(matrix, args.kvHeads), row, rowOf, pitch, ...rooms };
      begin(k, item);
      const { first, end } = keyRange(k, item);
      k.loop(first, end, keyBlock, (key) => {
        const count = k.imin(k.isub(end, key), keyBlock);
        const block =
          own ?? k.viewAt(args.k, k.imul(k.iadd(k.imul(k.imul(matrix, args.keyBlocks), keyBlock), key), args.size));
        if (own) {
          const from = k.viewAt(args.k, k.imul(k.iadd(k.imul(matrix, args.keys), key), args.size));
          transposeBlock(k, { from, to: own, count, depth: args.size });
        }
        multiplyKeys(k, item, { view: block, count });
        attendRows(k, item, { key, count });
        const values = k.viewAt(args.v, k.iadd(k.imul(matrix, args.vMatrix), k.imul(key, args.vPitch)));
        addValues(k, item, { view: values, count });
      });
      finish(k, item);
    });
  },
}));

/** Rows begin with nothing but their sink. */
function begin(k: Builder, { options: { mr, sink }, args, rowOf, answer, pitch, state }: Item): void {
  k.loop(0, mr, 1, (i) => {
    const extra = sink && k.loadScalar(args.sink, headOf(k, args, rowOf(i)));
    k.storeScalar(state.top, i, extra ?? Number.NEGATIVE_INFINITY);
    k.storeScalar(state.sum, i, extra ? k.select(k.eq(extra, Number.NEGATIVE_INFINITY), k.constant(0, "f32"), 1) : 0);
  });
  k.vectors(k.imul(mr, pitch), (j, part) => k.store(answer, j, 0, part));
}

const headOf = (k: Builder, { queries, heads }: Words, row: Node): Node => k.irem(k.idiv(row, queries), heads);

/** The position of the first query among the keys. */
const offsetOf = (k: Builder, { options: { hasOffset }, args, batch }: Item): Node =>
  hasOffset ? wordOf(k, args.offset, batch) : k.integer(0);

/** The word of an integer tensor for this entry of the batch. */
const wordOf = (k: Builder, { outer, ...view }: Words["offset"], batch: Node): Node =>
  k.loadScalar(view, k.imul(batch, outer[0] as Node));

/** The keys that some row of the item sees, from a multiple of `keyBlock` on. */
function keyRange(k: Builder, item: Item): { first: Node; end: Node } {
  const { options, args, batch, row } = item;
  const { mr, hasWindow, hasLengths } = options;
  const known = hasLengths ? k.imin(args.keys, wordOf(k, args.lengths, batch)) : args.keys;
  if (!hasWindow) return { first: k.integer(0), end: known };
  const offset = offsetOf(k, item);
  const low = k.irem(row, args.queries);
  const isOneHead = k.lt(k.iadd(low, mr - 1), args.queries);
  const from = k.select(isOneHead, low, k.integer(0));
  const to = k.select(isOneHead, k.iadd(low, mr - 1), k.isub(args.queries, 1));
  return {
    first: k.and(k.imax(0, k.isub(k.iadd(offset, from), args.left)), -keyBlock),
    end: k.imin(known, k.iadd(k.iadd(k.iadd(offset, to), args.right), 1)),
  };
}

/** Rows of keys or values, as many as `count` says. */
interface Rows {
  readonly view: View;
  readonly count: Node;
}

/** scores = q · kᵀ. */
function multiplyKeys(k: Builder, { options, args, rowOf, scores }: Item, { view, count }: Rows): void {
  const width = k.imul(options.nv, k.lanes);
  const rows = k.viewAt(args.q, k.imul(rowOf(0), args.size));
  const pitch = k.integer(keyBlock);
  k.loop(0, count, k.imul(options.span, width), (c) => {
    const panels = panelsBeside(k, { view: k.viewAt(view, c), pitch, apart: width, count: options.span });
    multiply(k, options, { rows, rowPitch: args.size, depth: args.size, panels }).forEach((tile, s) => {
      storeTile(k, tile, { to: k.viewAt(scores, k.iadd(c, k.imul(s, width))), pitch });
    });
  });
}

function attendRows(k: Builder, item: Item, { key, count }: { readonly key: Node; readonly count: Node }): void {
  const { options, args, batch, rowOf } = item;
  const offset = offsetOf(k, item);
  k.loop(0, options.mr, 1, (i) => {
    const query = k.irem(rowOf(i), args.queries);
    const mask = maskRow(k, args.mask, { batch, head: headOf(k, args, rowOf(i)), query });
    const scores = k.viewAt(item.scores, k.imul(i, keyBlock));
    const row = { scores, count, i, key, position: k.iadd(offset, query), mask };
    attendRow(k, { ...options, words: args }, { ...row, state: item.state });
  });
}

/** answer = decay · answer + scores · v. */
function addValues(k: Builder, item: Item, { view, count }: Rows): void {
  const { options, args, scores, answer, pitch, state } = item;
  const { mr, nv, span } = options;
  const width = k.imul(nv, k.lanes);
  const step = (q: Node, together: number): void => {
    const near = {
      view: k.viewAt(view, k.imul(q, args.vPanel)),
      pitch: args.vPitch,
      apart: args.vPanel,
      count: together,
    };
    const to = (s: number): View => k.viewAt(answer, k.imul(k.iadd(q, s), width));
    const tiles = multiply(k, options, {
      rows: scores,
      rowPitch: k.integer(keyBlock),
      depth: count,
      panels: panelsBeside(k, near),
      begin(tile, s) {
        for (let i = 0; i < mr; i++) {
          const decay = k.loadSplat(state.decay, i);
          for (let j = 0; j < nv; j++) {
            const before = k.load(to(s), k.iadd(k.imul(i, pitch), k.imul(j, k.lanes)));
            tile.set(i, j, k.mul(before, decay));
          }
        }
      },
    });
    tiles.forEach((tile, s) => void storeTile(k, tile, { to: to(s), pitch }));
  };
  const together = k.and(args.panels, -span);
  if (span > 1) k.loop(0, together, span, (q) => step(q, span));
  k.loop(span > 1 ? together : 0, args.panels, 1, (q) => step(q, 1));
}

function finish(k: Builder, { options: { mr, whenAllMasked }, args, rowOf, answer, pitch, state }: Item): void {
  k.loop(0, mr, 1, (i) => {
    const sum = k.loadScalar(state.sum, i);
    const inverse = k.div(1, sum);
    const factor = whenAllMasked === "nan" ? inverse : k.select(k.eq(sum, 0), 0, inverse);
    const [from, to] = [k.viewAt(answer, k.imul(i, pitch)), k.viewAt(args.y, k.imul(rowOf(i), args.valueSize))];
    k.vectors(args.valueSize, (j, part) => k.store(to, j, k.mul(k.load(from, j, part), factor), part));
  });
}
