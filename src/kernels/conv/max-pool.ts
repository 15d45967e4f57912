import { size, vector } from "../../ir/arguments.ts";
import type { Builder } from "../../ir/builder.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Node } from "../../ir/node.ts";
import type { Storage } from "../../ir/type.ts";
import { computeElement } from "../../ir/type.ts";
import type { View } from "../../ir/view.ts";
import type { KnownStride } from "./copy-row.ts";
import { everyOther } from "./every-other.ts";
import type { Finish } from "./finish.ts";
import { finishRow, finishSignature } from "./finish.ts";
import type { WindowArguments } from "./gather-windows.ts";
import { windowSignature } from "./gather-windows.ts";

export interface MaxPool {
  readonly x: Storage;
  readonly y: Storage;
  /** Below all elements. */
  readonly lowest: number;
  readonly finish: Finish;
  /** Elements of scratch for a padded row, and for a row of results. */
  readonly room: number;
  readonly stride: KnownStride;
}

/**
 * The largest element of each window; NaN wins. An item is up to `block` rows of an output plane; planes have `outputs` channels. For
 * each of them the input rows that its windows meet become one, padded to `reach` elements, and then its windows one element each.
 */
export const maxPool = kernel("max-pool", (options: MaxPool) => ({
  signature: {
    x: vector(options.x),
    y: vector(options.y),
    ...windowSignature,
    block: size(),
    blocks: size(),
    reach: size(),
    outputs: size(),
    ...finishSignature(options.finish),
  },
  build(k, args) {
    const { x, y, block, blocks, reach, outputs, outputDepth, outputHeight, outputWidth, inputWidth } = args;
    const element = computeElement(options.x);
    const [line, results] = [k.scratch(options.room, element), k.scratch(options.room, element)];
    const row = k.viewAt(line, args.beginsWidth);
    const lowest = k.constant(options.lowest, `vec ${element}`);
    const fill = (from: Node | number, to: Node, view: View): void =>
      k.loop(from, to, k.lanes, (i) => k.store(view, i, lowest));
    k.items((item) => {
      const first = k.imul(k.irem(item, blocks), block);
      const outer = k.idiv(item, blocks);
      const [depth, plane] = [k.irem(outer, outputDepth), k.idiv(outer, outputDepth)];
      const from = k.viewAt(x, k.imul(plane, args.area));
      const channel = k.irem(plane, outputs);
      const deep = meeting(k, args, "Depth", depth);
      fill(0, reach, line);
      k.loop(0, k.imin(k.isub(outputHeight, first), block), 1, (r) => {
        const height = k.iadd(first, r);
        joinRows(k, options, { args, from, deep, high: meeting(k, args, "Height", height), row });
        fill(inputWidth, k.isub(reach, args.beginsWidth), row);
        const start = k.imul(k.iadd(k.imul(outer, outputHeight), height), outputWidth);
        const finish = finishRow(k, { finish: options.finish, args, channel, start });
        const to = k.viewAt(y, start);
        if (options.stride !== 1) joinColumns(k, options, { args, line, results });
        k.vectors(outputWidth, (i, part) => {
          const value =
            options.stride === 1 ? largestAt(k, options, args, (t) => k.load(line, k.iadd(i, t))) : k.load(results, i);
          k.store(to, i, finish.apply(value, i, part), part);
        });
      });
    });
  },
}));

/** The elements of a window that lie in the plane along an axis, and where its first one would lie. */
interface Meeting {
  readonly first: Node;
  readonly begin: Node;
  readonly end: Node;
}

function meeting(k: Builder, args: WindowArguments, axis: "Depth" | "Height", at: Node): Meeting {
  const [taps, extent, dilation] = [args[`kernel${axis}`], args[`input${axis}`], args[`dilations${axis}`]];
  const first = k.isub(k.imul(at, args[`strides${axis}`]), args[`begins${axis}`]);
  const rounded = (n: Node): Node => k.idiv(k.iadd(k.imax(n, 0), k.isub(dilation, 1)), dilation);
  return { first, begin: rounded(k.isub(0, first)), end: k.imin(taps, rounded(k.isub(extent, first))) };
}

const larger = (k: Builder, { x }: MaxPool, a: Node, b: Node): Node =>
  computeElement(x) === "f32" ? k.max(a, b) : k.imax(a, b);

interface JoinRows {
  readonly args: WindowArguments;
  /** The plane. */
  readonly from: View;
  readonly deep: Meeting;
  readonly high: Meeting;
  /** Gets up to a vector beyond its end. */
  readonly row: View;
}

/** The largest elements of the rows that windows meet, column by column. */
function joinRows(k: Builder, options: MaxPool, { args, from, deep, high, row }: JoinRows): void {
  const { inputHeight, inputWidth, dilationsDepth, dilationsHeight } = args;
  k.vectors(inputWidth, (i, part) => {
    const best = k.variable(k.constant(options.lowest, `vec ${computeElement(options.x)}`));
    k.loop(deep.begin, deep.end, 1, (kd) => {
      const above = k.imul(k.iadd(deep.first, k.imul(kd, dilationsDepth)), inputHeight);
      k.loop(high.begin, high.end, 1, (kh) => {
        const index = k.iadd(above, k.iadd(high.first, k.imul(kh, dilationsHeight)));
        const source = k.viewAt(from, k.imul(index, inputWidth));
        best.set(larger(k, options, best.get(), k.load(source, i, part)));
      });
    });
    k.store(row, i, best.get());
  });
}

/** The largest of the elements that `load` gives for the window's columns. */
function largestAt(k: Builder, options: MaxPool, args: WindowArguments, load: (offset: Node) => Node): Node {
  const best = k.variable(load(k.integer(0)));
  k.loop(1, args.kernelWidth, 1, (kw) =>
    best.set(larger(k, options, best.get(), load(k.imul(kw, args.dilationsWidth)))),
  );
  return best.get();
}

interface JoinColumns {
  readonly args: WindowArguments;
  readonly line: View;
  readonly results: View;
}

/** The largest element of each window of a padded row, where windows are not neighbours: four at a time where they are every other one. */
function joinColumns(k: Builder, options: MaxPool, { args, line, results }: JoinColumns): void {
  const { outputWidth, stridesWidth } = args;
  if (options.stride === 2) {
    k.loop(0, outputWidth, 4, (i) => {
      const best = largestAt(k, options, args, (t) => everyOther(k, line, k.iadd(k.imul(i, 2), t)));
      k.storeQuad(results, i, best);
    });
    return;
  }
  k.loop(0, outputWidth, 1, (i) => {
    const best = largestAt(k, options, args, (t) => k.loadScalar(line, k.iadd(k.imul(i, stridesWidth), t)));
    k.storeScalar(results, i, best);
  });
}
