import { panels, size, vector } from "../../ir/arguments.ts";
import type { Builder } from "../../ir/builder.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Node } from "../../ir/node.ts";
import type { Storage } from "../../ir/type.ts";
import type { View } from "../../ir/view.ts";
import type { Finish } from "./finish.ts";
import { finishRow, finishSignature } from "./finish.ts";
import { gatherRoom, gatherRows } from "./gather-rows.ts";
import type { Walk } from "./gather-windows.ts";
import { gatherPoints, windowSignature } from "./gather-windows.ts";
import { rowSignature } from "./window-rows.ts";

/** Outputs of a panel of weights. */
export const thinPanel = 64;

export interface ThinConv {
  /** Pixels of a plane. */
  readonly pixels: number;
  /** Vectors of outputs that are done together. */
  readonly nv: number;
  readonly x: Storage;
  readonly y: Storage;
  readonly finish: Finish;
  /** Elements of scratch for the gathered windows, or 0 where the one window is the input as it lies. */
  readonly room: number;
  /** Elements of scratch for the padded rows of a few channels. */
  readonly rowRoom: number;
  readonly walk: Walk;
}

/** The most lanes that any target has. */
const widestLanes = 64;

/**
 * A convolution whose results have a few pixels only: vectors run along outputs instead of pixels. Weights are packed as
 * [outputs / 64][depth][64]. An item is a panel of one group of one batch entry. Sums go along the depth in order.
 */
export const thinConv = kernel("thin-conv", (options: ThinConv) => ({
  signature: {
    x: vector(options.x),
    w: panels(),
    y: vector(options.y),
    ...windowSignature,
    ...rowSignature,
    depth: size(),
    group: size(),
    outputs: size(),
    perGroup: size(),
    ...finishSignature(options.finish),
  },
  build(k, args) {
    const { pixels, nv, finish, room, rowRoom, walk } = options;
    const { x, w, depth, group, outputs, perGroup } = args;
    const gathered = { ...k.scratch(Math.max(room, 16)), strides: [pixels, 1] };
    const spare = k.scratch(pixels * nv * widestLanes);
    const padded = gatherRoom(k, rowRoom);
    const width = k.imul(nv, k.lanes);
    k.items((item) => {
      const plane = k.idiv(item, perGroup);
      const [first, inGroup] = [k.imul(k.irem(item, perGroup), thinPanel), k.irem(plane, group)];
      const from = k.viewAt(x, k.imul(k.imul(plane, args.channels), args.area));
      const all = { args, from, to: gathered, first: k.integer(0), count: k.integer(pixels) };
      if (walk !== "point") gatherRows(k, { ...all, stride: walk, room: padded });
      else if (room > 0) gatherPoints(k, all);
      const windows = room > 0 ? gathered : { ...from, strides: [1, 1] };
      const panel = w.panel(k.iadd(k.imul(inGroup, perGroup), k.irem(item, perGroup)), {
        depth,
        width: thinPanel,
        inner: 1,
      });
      const count = k.imin(k.isub(outputs, first), thinPanel);
      k.loop(0, count, width, (column) => {
        addUp(k, { options, windows, panel, column, depth, spare });
        const channel = k.iadd(k.imul(inGroup, outputs), k.iadd(first, column));
        const output = k.iadd(k.imul(plane, outputs), k.iadd(first, column));
        const wide = k.imin(k.isub(count, column), width);
        storeRows(k, {
          pixels,
          nv,
          y: args.y,
          spare,
          width,
          wide,
          output,
          row: finishRow(k, { finish, args, channel, start: output, isAcross: true }),
        });
      });
    });
  },
}));

interface AddUp {
  readonly options: ThinConv;
  readonly windows: View;
  readonly panel: View;
  readonly column: Node;
  readonly depth: Node;
  readonly spare: View;
}

/** The sums of a few vectors of outputs from `column` on, to spare[pixels][vectors]. */
function addUp(k: Builder, { options, windows, panel, column, depth, spare }: AddUp): void {
  const { pixels, nv } = options;
  const tile = k.tile(pixels, nv);
  k.loop(0, depth, 1, (p) => {
    const bRow = Array.from({ length: nv }, (_, j) => k.load(panel, [p, k.iadd(column, k.imul(j, k.lanes))]));
    for (let i = 0; i < pixels; i++) tile.fma(i, () => k.loadSplat(windows, [p, i]), bRow);
  });
  for (let i = 0; i < pixels; i++)
    for (let j = 0; j < nv; j++) k.store(spare, k.imul(i * nv + j, k.lanes), tile.get(i, j));
}

interface StoreRows {
  readonly pixels: number;
  readonly nv: number;
  readonly y: View;
  readonly spare: View;
  readonly width: Node;
  readonly wide: Node;
  /** The number of the first output in the whole result. */
  readonly output: Node;
  readonly row: ReturnType<typeof finishRow>;
}

/** Finishes the sums, and moves them to y[outputs][pixels]. */
function storeRows(k: Builder, { pixels, nv, y, spare, width, wide, output, row }: StoreRows): void {
  const to = k.viewAt(y, k.imul(output, pixels));
  k.loop(0, pixels, 1, (p) => {
    const from = k.viewAt(spare, k.imul(p, width));
    const finished = pixels === 1 ? to : from;
    k.vectors(wide, (j, part) => k.store(finished, j, row.apply(k.load(from, j, part), j, part), part), nv);
    if (pixels > 1) k.loop(0, wide, 1, (j) => k.storeScalar(to, k.iadd(k.imul(j, pixels), p), k.loadScalar(from, j)));
  });
}
