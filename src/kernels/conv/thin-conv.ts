import { panels, size, vector } from "../../ir/arguments.ts";
import type { Builder } from "../../ir/builder.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Node } from "../../ir/node.ts";
import type { Storage } from "../../ir/type.ts";
import { computeElement } from "../../ir/type.ts";
import type { View } from "../../ir/view.ts";
import type { ChannelRows } from "./channel-rows.ts";
import { channelRows } from "./channel-rows.ts";
import type { KnownStride } from "./copy-row.ts";
import type { Finish, RowFinish } from "./finish.ts";
import { finishRow, finishSignature } from "./finish.ts";
import type { Walk } from "./gather-windows.ts";
import { windowSignature } from "./gather-windows.ts";
import { mostTaps, viewBeyond } from "./tap-offsets.ts";
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
  /** Elements of scratch for the padded rows of all channels, or 0 where windows are read as the input lies. */
  readonly room: number;
  readonly walk: Walk;
}

/** The most lanes that any target has. */
const widestLanes = 64;

/**
 * A convolution whose results have a few pixels only: vectors run along outputs instead of pixels. Weights are packed as
 * [outputs / 64][depth][64]. An item is a panel of one group of one batch entry. Windows are read where they lie: in the input, or in
 * padded rows, `apart` elements from one channel to the next, by a table of offsets. Sums go along the depth in order.
 */
export const thinConv = kernel("thin-conv", (options: ThinConv) => ({
  signature: {
    x: vector(options.x),
    w: panels(),
    y: vector(options.y),
    ...windowSignature,
    ...rowSignature,
    apart: size(),
    depth: size(),
    group: size(),
    outputs: size(),
    perGroup: size(),
    ...finishSignature(options.finish),
  },
  build(k, args) {
    const { pixels, nv, finish, room, walk } = options;
    const { x, w, depth, group, outputs, perGroup } = args;
    const spare = k.scratch(pixels * nv * widestLanes);
    const beside = finish.extras.map(({ extent, storage }) =>
      extent === "all" && pixels > 1 ? k.scratch(nv * widestLanes, computeElement(storage)) : undefined,
    );
    const padded = walk === "point" ? undefined : { rows: k.scratch(room), offsets: k.scratch(mostTaps, "i32") };
    const width = k.imul(nv, k.lanes);
    k.items((item) => {
      const plane = k.idiv(item, perGroup);
      const [first, inGroup] = [k.imul(k.irem(item, perGroup), thinPanel), k.irem(plane, group)];
      const from = k.viewAt(x, k.imul(k.imul(plane, args.channels), args.area));
      const windows = padded
        ? windowsInRows(k, options, { args, from, ...padded })
        : windowsInPlace(k, options, args, from);
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
        const rowOf = (pixel: Node): RowFinish => {
          const start = pixels === 1 ? output : k.integer(0);
          const named = takeBeside(k, { pixels, pixel, args, beside, output, wide });
          return finishRow(k, { finish, args: { ...args, ...named }, channel, start, isAcross: true });
        };
        storeRows(k, { pixels, nv, y: args.y, spare, width, wide, output, rowOf });
      });
    });
  },
}));

/** Where the windows of a plane's pixels lie. */
interface Windows {
  /** Element `p` of the first pixel's window. */
  readonly at: (p: Node) => View;
  /** How far those of each pixel lie from there. */
  readonly pixels: readonly Node[];
}

type ThinArguments = ChannelRows["args"];

/** Windows of one element at every place of the planes. */
function windowsInPlace(k: Builder, { pixels }: ThinConv, { area }: ThinArguments, from: View): Windows {
  return {
    at: (p) => k.viewAt(from, k.imul(p, area)),
    pixels: Array.from({ length: pixels }, (_, i) => k.integer(i)),
  };
}

interface InRows {
  readonly args: ThinArguments;
  readonly from: View;
  readonly rows: View;
  readonly offsets: View;
}

/** Windows that meet the padded rows of all channels. */
function windowsInRows(k: Builder, { pixels, walk }: ThinConv, { args, from, rows, offsets }: InRows): Windows {
  const { outputWidth } = args;
  const start = k.integer(0);
  const stride = walk as KnownStride;
  const pitch = channelRows(k, { args, from, rows, offsets, depth: start, height: start, stride });
  return {
    at: (p) => viewBeyond(k, rows, k.loadScalar(offsets, p)),
    pixels: Array.from({ length: pixels }, (_, i) => {
      const row = k.idiv(k.integer(i), outputWidth);
      return k.iadd(k.imul(row, pitch), k.isub(i, k.imul(row, outputWidth)));
    }),
  };
}

interface AddUp {
  readonly options: ThinConv;
  readonly windows: Windows;
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
    const elements = windows.at(p);
    for (let i = 0; i < pixels; i++) tile.fma(i, () => k.loadSplat(elements, windows.pixels[i] as Node), bRow);
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
  readonly rowOf: (pixel: Node) => RowFinish;
}

/** Finishes the sums, and moves them to y[outputs][pixels]. */
function storeRows(k: Builder, { pixels, nv, y, spare, width, wide, output, rowOf }: StoreRows): void {
  const to = k.viewAt(y, k.imul(output, pixels));
  k.loop(0, pixels, 1, (p) => {
    const from = k.viewAt(spare, k.imul(p, width));
    const finished = pixels === 1 ? to : from;
    const row = rowOf(p);
    k.vectors(wide, (j, part) => k.store(finished, j, row.apply(k.load(from, j, part), j, part), part), nv);
    if (pixels > 1) k.loop(0, wide, 1, (j) => k.storeScalar(to, k.iadd(k.imul(j, pixels), p), k.loadScalar(from, j)));
  });
}

interface TakeBeside {
  readonly pixels: number;
  readonly pixel: Node;
  readonly args: unknown;
  /** Scratch for the operands of what follows that lie as the result does, by their number. */
  readonly beside: readonly (View | undefined)[];
  readonly output: Node;
  readonly wide: Node;
}

/** Takes what stands beside one pixel's outputs from operands that lie as the result does, which has its pixels side by side. */
function takeBeside(k: Builder, { pixels, pixel, args, beside, output, wide }: TakeBeside): Record<string, View> {
  const named: Record<string, View> = {};
  beside.forEach((view, i) => {
    if (view === undefined) return;
    const name = `extra${i}`;
    const all = (args as Readonly<Record<string, View>>)[name] as View;
    const source = k.viewAt(all, k.iadd(k.imul(output, pixels), pixel));
    k.loop(0, wide, 1, (j) => k.storeScalar(view, j, k.loadScalar(source, k.imul(j, pixels))));
    named[name] = view;
  });
  return named;
}
