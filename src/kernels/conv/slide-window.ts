import { number, size, vector } from "../../ir/arguments.ts";
import type { Builder } from "../../ir/builder.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Node } from "../../ir/node.ts";
import type { Storage } from "../../ir/type.ts";
import { computeElement } from "../../ir/type.ts";
import type { View } from "../../ir/view.ts";
import type { KnownStride } from "./copy-row.ts";
import { countElements, countRow, countSignature } from "./count-elements.ts";
import type { Finish, RowFinish } from "./finish.ts";
import { finishRow, finishSignature } from "./finish.ts";
import { windowSignature } from "./gather-windows.ts";
import { mostTaps, tapOffsets, viewBeyond } from "./tap-offsets.ts";
import type { RowArguments } from "./window-rows.ts";
import { clearWindowRows, copyWindowRows, rowSignature } from "./window-rows.ts";
import type { WindowStep } from "./window-step.ts";

export interface SlideWindow {
  readonly x: Storage;
  readonly y: Storage;
  readonly step: WindowStep;
  readonly finish: Finish;
  /** Elements of scratch for the rows of one item. */
  readonly room: number;
  readonly stride: KnownStride;
  /** Results that are made together, so that a weight is loaded once for all of them and no sum waits for its last product. */
  readonly group: SlideGroup;
}

/** Rows, and vectors of each. */
export interface SlideGroup {
  readonly rows: number;
  readonly vectors: number;
}

/** The most lanes that any target has, for scratch whose size must not depend on them. */
const widestLanes = 64;

/**
 * Reduces a window at each place of each plane: depthwise convolution and pooling. An item is `block` rows of an output
 * plane; there are `multiplier` of those for each input plane, and planes have `outputs` channels. The rows that its windows
 * meet are padded in scratch. Elements of the window are taken in order.
 */
export const slideWindow = kernel("slide-window", (options: SlideWindow) => ({
  signature: {
    x: vector(options.x),
    y: vector(options.y),
    ...options.step.signature,
    ...windowSignature,
    ...rowSignature,
    ...countSignature,
    multiplier: size(),
    outputs: size(),
    count: number(),
    ...finishSignature(options.finish),
  },
  build(k, args) {
    const { x, y, multiplier, outputs, block, blocks, outputDepth, outputHeight, outputWidth } = args;
    const { step, finish, stride, room, group } = options;
    const rows = k.scratch(room, computeElement(options.x));
    const spare = k.scratch(group.rows * group.vectors * widestLanes, computeElement(options.x));
    const offsets = k.scratch(mostTaps, "i32");
    const taps = k.imul(k.imul(args.kernelDepth, args.kernelHeight), args.kernelWidth);
    const counted = step.counts ? k.scratch(room) : undefined;
    k.items((item) => {
      const height = k.imul(k.irem(item, blocks), block);
      const outer = k.idiv(item, blocks);
      const [depth, plane] = [k.irem(outer, outputDepth), k.idiv(outer, outputDepth)];
      const from = k.viewAt(x, k.imul(k.idiv(plane, multiplier), args.area));
      clearWindowRows(k, { args, to: rows, planes: 1, stride });
      copyWindowRows(k, { args, from, to: rows, depth, height, stride });
      tapOffsets(k, { args, stride, to: offsets });
      if (counted) countRow(k, args, counted);
      const countsOf = (at: { depth: Node; row: Node }): CountOf => {
        const count = k.splat(counted ? countElements(k, args, at) : args.count);
        return (i) => (counted ? k.mul(count, k.load(counted, i)) : count);
      };
      const channel = k.irem(plane, outputs);
      const many = k.imin(k.isub(outputHeight, height), block);
      k.loop(0, many, group.rows, (r) => {
        const first = k.iadd(height, r);
        const counts = Array.from({ length: group.rows }, (_, g) => countsOf({ depth, row: k.iadd(first, g) }));
        const input = k.viewAt(rows, k.imul(k.imul(r, args.stridesHeight), k.imul(args.stridesWidth, args.phase)));
        const storeRow = (g: Node) => {
          const start = k.imul(k.iadd(k.imul(outer, outputHeight), k.iadd(first, g)), outputWidth);
          return { to: k.viewAt(y, start), finish: finishRow(k, { finish, args, channel, start }) };
        };
        const existing = k.imin(k.isub(many, r), group.rows);
        slideRows(k, options, { args, offsets, taps, input, channel, counts, existing, storeRow, spare });
      });
    });
  },
}));

/** How many elements count at the places from `i` on, in one row. */
type CountOf = (i: Node) => Node;

interface SlideRows {
  readonly args: RowArguments;
  /** Where the elements of the window lie, and how many there are. */
  readonly offsets: View;
  readonly taps: Node;
  /** The first padded row that the windows meet. */
  readonly input: View;
  readonly channel: Node;
  /** One for each row of the group. */
  readonly counts: readonly CountOf[];
  /** Rows of the group that exist. */
  readonly existing: Node;
  /** Where a row of the group goes, and what is done to it before. */
  readonly storeRow: (g: Node) => { readonly to: View; readonly finish: RowFinish };
  /** For the results of a group. */
  readonly spare: View;
}

/** A few rows of results, a group at a time, by way of scratch: compilers spill what stays in registers until it is finished. */
function slideRows(k: Builder, options: SlideWindow, slide: SlideRows): void {
  const n = slide.args.outputWidth;
  const { vectors } = options.group;
  const width = k.imul(vectors, k.lanes);
  k.loop(0, n, width, (i) => {
    const results = reduceWindow(k, options, slide, i);
    results.forEach((value, j) => void k.store(slide.spare, k.imul(j, k.lanes), value));
    const wide = k.imin(k.isub(n, i), width);
    k.loop(0, slide.existing, 1, (g) => {
      const { to, finish } = slide.storeRow(g);
      const from = k.viewAt(slide.spare, k.imul(g, width));
      k.vectors(
        wide,
        (j, part) => {
          const at = k.iadd(i, j);
          k.store(to, at, finish.apply(k.load(from, j, part), at, part), part);
        },
        vectors,
      );
    });
  });
}

/** The results of a group from column `i` on, row by row. */
function reduceWindow(k: Builder, { step, group }: SlideWindow, slide: SlideRows, i: Node): Node[] {
  const { args, input, channel, counts, offsets, taps } = slide;
  const init = k.constant(0, input.storage === "f32" ? "vec f32" : "vec i32");
  const pitch = k.imul(k.imul(args.stridesHeight, args.stridesWidth), args.phase);
  const sums = counts.flatMap((countOf, g) =>
    Array.from({ length: group.vectors }, (_, j) => ({
      countOf,
      g,
      across: k.imul(j, k.lanes),
      sum: k.variable(init),
    })),
  );
  k.loop(0, taps, 1, (tap) => {
    const weight = step.weight?.(k, args, { channel, tap });
    const first = k.viewAt(viewBeyond(k, input, k.loadScalar(offsets, tap)), i);
    const lines = counts.map((_, g) => k.viewAt(first, k.imul(g, pitch)));
    for (const { g, across, sum } of sums)
      sum.set(step.combine(k, sum.get(), k.load(lines[g] as View, across), weight));
  });
  return sums.map(({ countOf, across, sum }) =>
    step.end ? step.end(k, sum.get(), countOf(k.iadd(i, across))) : sum.get(),
  );
}
