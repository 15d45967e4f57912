import { size } from "../../ir/arguments.ts";
import type { Builder } from "../../ir/builder.ts";
import type { Node } from "../../ir/node.ts";
import type { View } from "../../ir/view.ts";
import type { Place } from "../schedule.ts";
import type { KnownStride } from "./copy-row.ts";
import { copyRow } from "./copy-row.ts";
import type { WindowShape } from "./geometry.ts";

const axes = ["Depth", "Height", "Width"] as const;
const fields = ["input", "kernel", "output", "strides", "dilations", "begins"] as const;

type WindowWord = `${(typeof fields)[number]}${(typeof axes)[number]}` | "channels" | "area";

const names: readonly WindowWord[] = [
  ...fields.flatMap((field) => axes.map((axis) => `${field}${axis}` as const)),
  "channels",
  "area",
];

/** The arguments that say how windows lie in planes. */
export const windowSignature = Object.fromEntries(names.map((name) => [name, size()])) as Readonly<
  Record<WindowWord, ReturnType<typeof size>>
>;

/** The words for them: of a window over `channels` planes of `area` elements each. */
export function windowWords(
  shape: WindowShape & { readonly channels: number; readonly area: number },
): Record<string, number | Place> {
  const words: Record<string, number | Place> = { channels: shape.channels, area: shape.area };
  for (const field of fields)
    axes.forEach((axis, i) => {
      words[field + axis] = shape[field][i] as number;
    });
  return words;
}

export type WindowArguments = Readonly<Record<WindowWord, Node>>;

export interface GatherWindows {
  readonly args: WindowArguments;
  /** The first channel's plane. */
  readonly from: View;
  /** [depth][pitch] */
  readonly to: View;
  /** The first pixel, and how many. */
  readonly first: Node;
  readonly count: Node;
  readonly walk: Walk;
  /** An i32 that is taken off every element of the planes, before zeros stand around them. */
  readonly less?: Node | undefined;
}

/** How windows walk: "point" for those of one element at every place of a plane, else the stride along rows. */
export type Walk = "point" | KnownStride;

/** Copies, for each channel and element of the window, what it meets at the pixels, zeros outside the planes. */
export function gatherWindows(k: Builder, gather: GatherWindows): void {
  const { walk } = gather;
  if (walk === "point") gatherPoints(k, gather);
  else gatherRows(k, { ...gather, stride: walk });
}

/** The same for windows of one element at every place of a plane. */
export function gatherPoints(k: Builder, { args, from, to, first, count, less }: Omit<GatherWindows, "walk">): void {
  k.loop(0, args.channels, 1, (c) => {
    const row = k.viewAt(from, k.iadd(k.imul(c, args.area), first));
    const target = k.viewAt(to, [c, 0]);
    copyRow(k, { row, to: target, count, stride: 1, step: k.integer(1), less });
  });
}

interface GatherRows extends GatherWindows {
  readonly stride: KnownStride;
}

function gatherRows(k: Builder, gather: GatherRows): void {
  const { args, first, count } = gather;
  const { outputWidth } = args;
  const end = k.iadd(first, count);
  k.loop(k.idiv(first, outputWidth), k.iadd(k.idiv(k.isub(end, 1), outputWidth), 1), 1, (row) => {
    const begin = k.imul(row, outputWidth);
    const [a, b] = [k.isub(k.imax(first, begin), begin), k.isub(k.imin(end, k.iadd(begin, outputWidth)), begin)];
    const column = k.isub(begin, first);
    const [d, h] = [k.idiv(row, args.outputHeight), k.irem(row, args.outputHeight)];
    k.loop(0, args.kernelDepth, 1, (kd) => {
      const zd = placeOf(k, args, "Depth", { at: d, tap: kd });
      k.loop(0, args.kernelHeight, 1, (kh) => {
        const zh = placeOf(k, args, "Height", { at: h, tap: kh });
        const tap = k.imul(k.iadd(k.imul(kd, args.kernelHeight), kh), args.kernelWidth);
        const start = k.imul(k.iadd(k.imul(zd.index, args.inputHeight), zh.index), args.inputWidth);
        gatherRow(k, gather, { a, b, column, tap, start, exists: k.and(zd.exists, zh.exists) });
      });
    });
  });
}

/** The index in the input that an element of the window meets, and whether it lies inside. */
export function placeOf(
  k: Builder,
  args: WindowArguments,
  axis: "Depth" | "Height",
  { at, tap }: { at: Node; tap: Node },
): { readonly index: Node; readonly exists: Node } {
  const place = k.iadd(k.imul(at, args[`strides${axis}`]), k.imul(tap, args[`dilations${axis}`]));
  const index = k.isub(place, args[`begins${axis}`]);
  return { index, exists: k.and(k.ge(index, 0), k.lt(index, args[`input${axis}`])) };
}

interface RowOfWindows {
  /** Pixels a .. b-1 of a row; pixel i goes to column + i. */
  readonly a: Node;
  readonly b: Node;
  readonly column: Node;
  /** The number of the first element of the window's row, and where it meets the input's plane. */
  readonly tap: Node;
  readonly start: Node;
  readonly exists: Node;
}

function gatherRow(k: Builder, gather: GatherRows, { a, b, column, tap, start, exists }: RowOfWindows): void {
  const { args, from, to, stride } = gather;
  const { kernelWidth, inputWidth, channels, area } = args;
  const step = stride === 0 ? args.stridesWidth : k.integer(stride);
  const window = k.imul(k.imul(args.kernelDepth, args.kernelHeight), kernelWidth);
  k.loop(0, kernelWidth, 1, (kw) => {
    const shift = k.isub(k.imul(kw, args.dilationsWidth), args.beginsWidth);
    const [before, behind] = [k.isub(0, shift), k.isub(inputWidth, shift)];
    const up = (n: Node): Node => (stride === 1 ? n : k.idiv(k.iadd(k.imax(n, 0), k.isub(step, 1)), step));
    const lo = k.select(exists, k.imin(k.imax(a, up(before)), b), b);
    const hi = k.select(exists, k.imin(k.imax(lo, up(behind)), b), b);
    const source = k.viewAt(from, k.iadd(start, shift));
    const target = (c: Node): View => k.viewAt(to, [k.iadd(k.imul(c, window), k.iadd(tap, kw)), column]);
    const each = (length: Node, body: (c: Node) => void): void =>
      k.when(k.lt(0, length), () => k.loop(0, channels, 1, body));
    const zeros = (at: Node, length: Node): void =>
      each(length, (c) => {
        const row = k.viewAt(target(c), at);
        k.vectors(length, (i, part) => k.store(row, i, 0, part));
      });
    zeros(a, k.isub(lo, a));
    each(k.isub(hi, lo), (c) => {
      const row = k.viewAt(source, k.iadd(k.imul(c, area), k.imul(lo, step)));
      copyRow(k, { row, to: k.viewAt(target(c), lo), count: k.isub(hi, lo), stride, step, less: gather.less });
    });
    zeros(hi, k.isub(b, hi));
  });
}
