import { panels, size, vector } from "../../ir/arguments.ts";
import type { Builder } from "../../ir/builder.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Node } from "../../ir/node.ts";
import type { Storage } from "../../ir/type.ts";
import type { View } from "../../ir/view.ts";
import { alongDepth } from "../matmul/along-depth.ts";
import type { Finish } from "./finish.ts";
import { finishSignature } from "./finish.ts";
import { gatherRoom, gatherRows } from "./gather-rows.ts";
import type { Walk } from "./gather-windows.ts";
import { gatherPoints, windowSignature } from "./gather-windows.ts";
import { storeTile, tileRoom } from "./store-tile.ts";
import { productSignature, splitSignature, tilePlace } from "./tile-place.ts";
import { rowSignature } from "./window-rows.ts";

export interface GatherConv {
  readonly mr: number;
  readonly nv: number;
  /** Steps of the depth that a round of the loop takes. */
  readonly steps: number;
  readonly x: Storage;
  readonly y: Storage;
  readonly finish: Finish;
  /** Elements of scratch for the gathered windows of one item. */
  readonly room: number;
  /** Elements of scratch for the padded rows of a few channels. */
  readonly rowRoom: number;
  readonly walk: Walk;
}

/**
 * y = finish(Σ w · x): a convolution as a product of weights with windows. An item is up to `block` pixels of a plane (all
 * channels of one group of one batch entry) and up to `splitTiles` tiles of outputs. Its windows are gathered in scratch
 * as [depth][pitch], depth running over channels, then the window; each output adds up along the depth in order. Groups of
 * `groupTiles` tiles, whose weights fit a cache, are done for all pixels before the next.
 */
export const gatherConv = kernel("gather-conv", (options: GatherConv) => ({
  signature: {
    x: vector(options.x),
    w: panels(),
    y: vector(options.y),
    ...windowSignature,
    ...rowSignature,
    pitch: size(),
    ...productSignature,
    ...splitSignature,
    ...finishSignature(options.finish),
  },
  build(k, args) {
    const { mr, nv, steps, finish, room, rowRoom, walk } = options;
    const { x, w, y, depth, pixels, block, blocks, pitch, group, tiles, splits, splitTiles } = args;
    const windows = { ...k.scratch(room), strides: [pitch, 1] };
    const spare = tileRoom(k, { mr, nv });
    const padded = gatherRoom(k, rowRoom);
    const width = k.imul(nv, k.lanes);
    k.items((item) => {
      const first = k.imul(k.irem(item, blocks), block);
      const rest = k.idiv(item, blocks);
      const tile0 = k.imul(k.irem(rest, splits), splitTiles);
      const plane = k.idiv(rest, splits);
      const inGroup = k.irem(plane, group);
      const count = k.imin(k.isub(pixels, first), block);
      const from = k.viewAt(x, k.imul(k.imul(plane, args.channels), args.area));
      if (walk === "point") gatherPoints(k, { args, from, to: windows, first, count });
      else gatherRows(k, { args, from, to: windows, first, count, stride: walk, room: padded });
      const behind = k.imin(k.iadd(tile0, splitTiles), tiles);
      k.loop(tile0, behind, args.groupTiles, (t0) => {
        k.loop(0, count, width, (column) => {
          k.loop(t0, k.imin(k.iadd(t0, args.groupTiles), behind), 1, (t) => {
            const panel = w.panel(k.iadd(k.imul(inGroup, tiles), t), { depth, width: mr, inner: 1 });
            const tile = k.tile(mr, nv);
            multiply(k, { tile, panel, windows, column, depth, steps });
            storeTile(k, tile, {
              finish,
              args,
              y,
              spare,
              ...tilePlace(k, args, { t, mr, plane, inGroup, first: k.iadd(first, column) }),
              runs: [{ vectors: nv, at: 0, wide: k.imin(k.isub(count, column), width) }],
            });
          });
        });
      });
    });
  },
}));

interface Multiply {
  readonly tile: ReturnType<Builder["tile"]>;
  readonly panel: View;
  readonly windows: View;
  readonly column: Node;
  readonly depth: Node;
  readonly steps: number;
}

/** Adds the products of a panel of weights with the columns of windows from `column` on. */
function multiply(k: Builder, { tile, panel, windows, column, depth, steps }: Multiply): void {
  const { mr, nv } = tile;
  alongDepth(k, { depth, steps }, (p, s) => {
    const first = k.iadd(column, k.elementAt(windows, [s, 0]));
    const bRow = Array.from({ length: nv }, (_, j) => k.load(windows, [p, k.iadd(first, k.imul(j, k.lanes))]));
    for (let i = 0; i < mr; i++) tile.fma(i, () => k.loadSplat(panel, [p, s * mr + i]), bRow);
  });
}
