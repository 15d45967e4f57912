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
import type { RowArguments } from "./pad-rows.ts";
import { padRows, rowSignature } from "./pad-rows.ts";
import type { WindowStep } from "./window-step.ts";

/** The extents of a window whose elements are code one by one. */
export interface UnrolledWindow {
  readonly height: number;
  readonly width: number;
  /** Along rows. */
  readonly stride: number;
  readonly dilation: number;
}

export interface SlideWindow {
  readonly x: Storage;
  readonly y: Storage;
  readonly step: WindowStep;
  readonly finish: Finish;
  /** Elements of scratch for the rows of one item. */
  readonly room: number;
  readonly stride: KnownStride;
  /** Undefined where the elements of the window are a loop. */
  readonly unrolled: UnrolledWindow | undefined;
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
    const spare = k.scratch(group.vectors * widestLanes, computeElement(options.x));
    const counts = step.counts ? k.scratch(room) : undefined;
    k.items((item) => {
      const height = k.imul(k.irem(item, blocks), block);
      const outer = k.idiv(item, blocks);
      const [depth, plane] = [k.irem(outer, outputDepth), k.idiv(outer, outputDepth)];
      const from = k.viewAt(x, k.imul(k.idiv(plane, multiplier), args.area));
      padRows(k, { args, from, to: rows, depth, height, stride, fill: step.fill });
      if (counts) countRow(k, args, counts);
      const channel = k.irem(plane, outputs);
      const many = k.imin(k.isub(outputHeight, height), block);
      k.loop(0, many, group.rows, (r) => {
        const rowsOf = Array.from({ length: group.rows }, (_, g): SlideRow => {
          const row = k.iadd(height, k.iadd(r, g));
          const start = k.imul(k.iadd(k.imul(outer, outputHeight), row), outputWidth);
          const count = counts ? k.splat(countElements(k, args, { depth, row })) : k.splat(args.count);
          return {
            exists: g === 0 ? undefined : k.lt(k.iadd(r, g), many),
            to: k.viewAt(y, start),
            finish: finishRow(k, { finish, args, channel, start }),
            countOf: (i) => (counts ? k.mul(count, k.load(counts, i)) : count),
          };
        });
        const input = k.viewAt(rows, k.imul(k.imul(r, args.stridesHeight), k.imul(args.stridesWidth, args.phase)));
        slideRows(k, options, { args, input, channel, rows: rowsOf, spare });
      });
    });
  },
}));

interface SlideRow {
  /** Undefined where it certainly does. */
  readonly exists: Node | undefined;
  readonly to: View;
  readonly finish: RowFinish;
  /** How many elements count at the places from `i` on. */
  readonly countOf: (i: Node) => Node;
}

interface SlideRows {
  readonly args: RowArguments;
  /** The first padded row that the windows meet. */
  readonly input: View;
  readonly channel: Node;
  readonly rows: readonly SlideRow[];
  /** For results of a group that does not fit the row. */
  readonly spare: View;
}

/** A few rows of results, a group at a time. Where fewer exist, the others are not stored. */
function slideRows(k: Builder, options: SlideWindow, slide: SlideRows): void {
  const n = slide.args.outputWidth;
  const { vectors } = options.group;
  const width = k.imul(vectors, k.lanes);
  k.loop(0, n, width, (i) => {
    const sums = reduceWindow(k, options, slide, i);
    const isWhole = k.le(k.iadd(i, width), n);
    slide.rows.forEach(({ exists, to, finish }, g) => {
      const values = sums.slice(g * vectors, (g + 1) * vectors);
      k.when(exists ? k.and(exists, isWhole) : isWhole, () => {
        values.forEach((value, j) => {
          const at = k.iadd(i, k.imul(j, k.lanes));
          k.store(to, at, finish.apply(value, at));
        });
      });
      k.when(exists ? k.and(exists, k.eq(isWhole, 0)) : k.eq(isWhole, 0), () => {
        values.forEach((value, j) => void k.store(slide.spare, k.imul(j, k.lanes), value));
        k.vectors(k.isub(n, i), (j, part) => {
          const at = k.iadd(i, j);
          k.store(to, at, finish.apply(k.load(slide.spare, j, part), at, part), part);
        });
      });
    });
  });
}

/** The results of a group from column `i` on, row by row. */
function reduceWindow(k: Builder, { step, unrolled, group }: SlideWindow, slide: SlideRows, i: Node): Node[] {
  const { args, input, channel, rows } = slide;
  const init = k.constant(step.init, input.storage === "f32" ? "vec f32" : "vec i32");
  const pitch = k.imul(k.imul(args.stridesHeight, args.stridesWidth), args.phase);
  const sums = rows.flatMap((row, g) =>
    Array.from({ length: group.vectors }, (_, j) => {
      const at = k.iadd(i, k.imul(j, k.lanes));
      return { row, at, place: k.iadd(at, k.imul(g, pitch)), sum: k.variable(init) };
    }),
  );
  const take = (tap: Node, offset: Node): void => {
    const weight = step.weight?.(k, args, { channel, tap });
    for (const { place, sum } of sums)
      sum.set(step.combine(k, sum.get(), k.load(input, k.iadd(offset, place)), weight));
  };
  if (unrolled) takeUnrolled(k, args, unrolled, take);
  else takeInLoops(k, args, take);
  return sums.map(({ row, at, sum }) => (step.end ? step.end(k, sum.get(), row.countOf(at)) : sum.get()));
}

type Take = (tap: Node, offset: Node) => void;

function takeUnrolled(k: Builder, args: RowArguments, { height, width, stride, dilation }: UnrolledWindow, take: Take) {
  const pitch = k.imul(stride, args.phase);
  for (let kh = 0; kh < height; kh++) {
    const row = k.imul(k.imul(kh, args.dilationsHeight), pitch);
    for (let kw = 0; kw < width; kw++) {
      const at = kw * dilation;
      const phase = k.imul(at % stride, args.phase);
      take(k.integer(kh * width + kw), k.iadd(row, k.iadd(phase, Math.floor(at / stride))));
    }
  }
}

function takeInLoops(k: Builder, args: RowArguments, take: Take): void {
  const { kernelDepth, kernelHeight, kernelWidth, stridesWidth, phase, rows } = args;
  k.loop(0, kernelDepth, 1, (kd) => {
    k.loop(0, kernelHeight, 1, (kh) => {
      const row = k.iadd(k.imul(kd, rows), k.imul(kh, args.dilationsHeight));
      const tap = k.imul(k.iadd(k.imul(kd, kernelHeight), kh), kernelWidth);
      k.loop(0, kernelWidth, 1, (kw) => {
        const at = k.imul(kw, args.dilationsWidth);
        const line = k.iadd(k.imul(row, stridesWidth), k.irem(at, stridesWidth));
        take(k.iadd(tap, kw), k.iadd(k.imul(line, phase), k.idiv(at, stridesWidth)));
      });
    });
  });
}
