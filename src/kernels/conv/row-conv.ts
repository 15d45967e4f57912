import { panels, size, vector } from "../../ir/arguments.ts";
import type { Builder } from "../../ir/builder.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Node } from "../../ir/node.ts";
import type { Storage } from "../../ir/type.ts";
import type { View } from "../../ir/view.ts";
import { alongDepth } from "../matmul/along-depth.ts";
import { channelRows } from "./channel-rows.ts";
import type { KnownStride } from "./copy-row.ts";
import type { Finish } from "./finish.ts";
import { finishSignature } from "./finish.ts";
import { windowSignature } from "./gather-windows.ts";
import type { Run } from "./store-tile.ts";
import { storeTile, tileRoom } from "./store-tile.ts";
import { mostTaps, viewBeyond } from "./tap-offsets.ts";
import { productSignature, splitSignature, tilePlace } from "./tile-place.ts";
import { rowSignature } from "./window-rows.ts";

export interface RowConv {
  readonly mr: number;
  readonly nv: number;
  /** Steps of the depth that a round of the loop takes. */
  readonly steps: number;
  readonly x: Storage;
  readonly y: Storage;
  readonly finish: Finish;
  /** Elements of scratch for the padded rows of one item. */
  readonly room: number;
  readonly stride: KnownStride;
}

/**
 * y = finish(Σ w · x): a convolution as a product of weights with windows that stay where they are. An item is up to `block` rows of
 * an output plane (all channels of one group of one batch entry) and up to `splitTiles` tiles of outputs. The rows that its windows
 * meet are padded in scratch, `apart` elements from one channel to the next; a table says how far each element of the windows lies
 * from the first, the depth running over channels, then the window. Each output adds up along the depth in order. A vector lies in
 * one row. Groups of `groupTiles` tiles, whose weights fit a cache, are done for all pixels before the next.
 */
export const rowConv = kernel("row-conv", (options: RowConv) => ({
  signature: {
    x: vector(options.x),
    w: panels(),
    y: vector(options.y),
    ...windowSignature,
    ...rowSignature,
    apart: size(),
    ...productSignature,
    ...splitSignature,
    ...finishSignature(options.finish),
  },
  build(k, args) {
    const { finish, room, stride } = options;
    const { mr, nv } = options;
    const { w, y, depth, block, blocks, group, tiles, splits, splitTiles } = args;
    const rows = k.scratch(room);
    const offsets = k.scratch(mostTaps, "i32");
    const spare = tileRoom(k, { mr, nv });
    const perRow = k.idiv(k.iadd(args.outputWidth, k.isub(k.lanes, 1)), k.lanes);
    k.items((item) => {
      const height = k.imul(k.irem(item, blocks), block);
      const rest = k.idiv(item, blocks);
      const tile0 = k.imul(k.irem(rest, splits), splitTiles);
      const outer = k.idiv(rest, splits);
      const [at, plane] = [k.irem(outer, args.outputDepth), k.idiv(outer, args.outputDepth)];
      const inGroup = k.irem(plane, group);
      const from = k.viewAt(args.x, k.imul(k.imul(plane, args.channels), args.area));
      const pitch = channelRows(k, { args, from, rows, offsets, depth: at, height, stride });
      const first = k.iadd(k.imul(at, args.outputHeight), height);
      const count = k.imul(k.imin(k.isub(args.outputHeight, height), block), perRow);
      const behind = k.imin(k.iadd(tile0, splitTiles), tiles);
      k.loop(tile0, behind, args.groupTiles, (t0) => {
        k.loop(0, count, nv, (number) => {
          const vectors = Array.from({ length: nv }, (_, j) =>
            vectorAt(k, { number: k.iadd(number, j), count, perRow, rows, pitch, first, width: args.outputWidth }),
          );
          k.loop(t0, k.imin(k.iadd(t0, args.groupTiles), behind), 1, (t) => {
            const panel = w.panel(k.iadd(k.imul(inGroup, tiles), t), { depth, width: mr, inner: 1 });
            const tile = multiply(k, options, { panel, vectors, offsets, depth });
            storeTile(k, tile, {
              finish,
              args,
              y,
              spare,
              ...tilePlace(k, args, { t, mr, plane, inGroup, first: k.integer(0) }),
              runs: vectors,
            });
          });
        });
      });
    });
  },
}));

/** A vector of pixels of a row, and where the first elements of their windows lie. */
interface RowVector extends Run {
  readonly from: View;
}

interface VectorAt {
  /** Of the vector, and of those that exist. */
  readonly number: Node;
  readonly count: Node;
  readonly perRow: Node;
  /** The padded rows, and elements from those of one output row to those of the next. */
  readonly rows: View;
  readonly pitch: Node;
  /** The first output row, and pixels of each. */
  readonly first: Node;
  readonly width: Node;
}

/** Vector `number` of an item; where it does not exist, nothing of the last one. */
function vectorAt(k: Builder, { number, count, perRow, rows, pitch, first, width }: VectorAt): RowVector {
  const near = k.imin(number, k.isub(count, 1));
  const row = k.idiv(near, perRow);
  const column = k.imul(k.isub(near, k.imul(row, perRow)), k.lanes);
  return {
    vectors: 1,
    from: k.viewAt(rows, k.iadd(k.imul(row, pitch), column)),
    at: k.iadd(k.imul(k.iadd(first, row), width), column),
    wide: k.select(k.lt(number, count), k.imin(k.isub(width, column), k.lanes), 0),
  };
}

interface Factors {
  readonly panel: View;
  readonly vectors: readonly RowVector[];
  readonly offsets: View;
  readonly depth: Node;
}

/** The products of a panel of weights with the windows of a few vectors of pixels. */
function multiply(k: Builder, { mr, nv, steps }: RowConv, { panel, vectors, offsets, depth }: Factors) {
  const tile = k.tile(mr, nv);
  alongDepth(k, { depth, steps }, (p, s) => {
    const offset = k.loadScalar(offsets, k.iadd(p, s));
    const bRow = vectors.map(({ from }) => k.load(viewBeyond(k, from, offset), 0));
    for (let i = 0; i < mr; i++) tile.fma(i, () => k.loadSplat(panel, [p, s * mr + i]), bRow);
  });
  return tile;
}
