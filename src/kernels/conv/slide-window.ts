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
}

/** Vectors that are done together, so that a weight is loaded once for all of them. */
const together = 4;

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
    const { step, finish, stride, room } = options;
    const rows = k.scratch(room, computeElement(options.x));
    const counts = step.counts ? k.scratch(room) : undefined;
    k.items((item) => {
      const height = k.imul(k.irem(item, blocks), block);
      const outer = k.idiv(item, blocks);
      const [depth, plane] = [k.irem(outer, outputDepth), k.idiv(outer, outputDepth)];
      const from = k.viewAt(x, k.imul(k.idiv(plane, multiplier), args.area));
      padRows(k, { args, from, to: rows, depth, height, stride, fill: step.fill });
      if (counts) countRow(k, args, counts);
      const channel = k.irem(plane, outputs);
      k.loop(0, k.imin(k.isub(outputHeight, height), block), 1, (r) => {
        const row = k.iadd(height, r);
        const start = k.imul(k.iadd(k.imul(outer, outputHeight), row), outputWidth);
        const input = k.viewAt(rows, k.imul(k.imul(r, args.stridesHeight), k.imul(args.stridesWidth, args.phase)));
        const count = counts ? k.splat(countElements(k, args, { depth, row })) : k.splat(args.count);
        slideRow(k, options, {
          args,
          input,
          channel,
          to: k.viewAt(y, start),
          finish: finishRow(k, { finish, args, channel, start }),
          countOf: (i) => (counts ? k.mul(count, k.load(counts, i)) : count),
        });
      });
    });
  },
}));

interface SlideRow {
  readonly args: RowArguments;
  /** The first padded row that the windows meet. */
  readonly input: View;
  readonly channel: Node;
  readonly to: View;
  readonly finish: RowFinish;
  /** How many elements count at the places from `i` on. */
  readonly countOf: (i: Node) => Node;
}

/** A row of results: several vectors at a time, then one and what is left of one. */
function slideRow(k: Builder, options: SlideWindow, row: SlideRow): void {
  const { args, to, finish } = row;
  const n = args.outputWidth;
  const width = k.imul(together, k.lanes);
  const whole = k.imul(k.idiv(n, width), width);
  k.loop(0, whole, width, (i) => {
    reduceWindow(k, options, { ...row, i, count: together }).forEach((value, j) => {
      const at = k.iadd(i, k.imul(j, k.lanes));
      k.store(to, at, finish.apply(value, at));
    });
  });
  k.loop(whole, n, k.lanes, (i) => {
    const [value] = reduceWindow(k, options, { ...row, i, count: 1 }) as [Node];
    k.vectors(k.imin(k.isub(n, i), k.lanes), (j, part) => {
      const at = k.iadd(i, j);
      k.store(to, at, finish.apply(value, at, part), part);
    });
  });
}

interface Places extends SlideRow {
  readonly i: Node;
  /** Vectors. */
  readonly count: number;
}

function reduceWindow(k: Builder, { step, unrolled }: SlideWindow, places: Places): Node[] {
  const { args, input, channel, countOf, i, count } = places;
  const init = k.constant(step.init, input.storage === "f32" ? "vec f32" : "vec i32");
  const sums = Array.from({ length: count }, () => k.variable(init));
  const at = (j: number): Node => k.iadd(i, k.imul(j, k.lanes));
  const take = (tap: Node, offset: Node): void => {
    const weight = step.weight?.(k, args, { channel, tap });
    sums.forEach((sum, j) => {
      sum.set(step.combine(k, sum.get(), k.load(input, k.iadd(offset, at(j))), weight));
    });
  };
  if (unrolled) takeUnrolled(k, args, unrolled, take);
  else takeInLoops(k, args, take);
  return sums.map((sum, j) => (step.end ? step.end(k, sum.get(), countOf(at(j))) : sum.get()));
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
