import { size } from "../../ir/arguments.ts";
import type { Builder } from "../../ir/builder.ts";
import type { Node } from "../../ir/node.ts";
import type { View } from "../../ir/view.ts";
import type { KnownStride } from "./copy-row.ts";
import { copyRow } from "./copy-row.ts";
import type { WindowArguments } from "./gather-windows.ts";
import { placeOf } from "./gather-windows.ts";
import type { WindowShape } from "./geometry.ts";

/**
 * Rows of a plane as windows meet them. A row is split in as many phases as the stride is wide: phase p holds elements p,
 * p + stride, ... of the padded row, so that neighbouring places of the window meet neighbouring elements.
 */
export interface RowLayout {
  /** Output rows of an item. */
  readonly block: number;
  /** Input rows that they meet, for each element of the window's depth. */
  readonly rows: number;
  /** Elements of a phase that are used, and from one phase to the next. */
  readonly length: number;
  readonly phase: number;
  /** 1 where windows reach out of the plane, else 0. */
  readonly padded: number;
}

/** Elements of the rows of one plane. */
export const rowElements = ({ kernel, strides }: WindowShape, { rows, phase }: RowLayout): number =>
  kernel[0] * rows * strides[2] * phase;

/** The arguments that say how rows are laid out. */
export const rowSignature = {
  block: size(),
  blocks: size(),
  rows: size(),
  length: size(),
  phase: size(),
  padded: size(),
} as const;

/** The layout for items of `block` output rows. */
export function rowLayout(window: WindowShape, block: number): RowLayout {
  const { kernel, output, strides, dilations } = window;
  const length = output[2] + Math.floor(((kernel[2] - 1) * dilations[2]) / strides[2]);
  return {
    block,
    rows: (block - 1) * strides[1] + (kernel[1] - 1) * dilations[1] + 1,
    length,
    phase: 16 * Math.ceil((length + 1) / 16),
    padded: Number([0, 1, 2].some((axis) => reachesOut(window, axis))),
  };
}

function reachesOut({ input, kernel, output, strides, dilations, begins }: WindowShape, axis: number): boolean {
  const at = (values: readonly number[]): number => values[axis] as number;
  const last = (at(output) - 1) * at(strides) + (at(kernel) - 1) * at(dilations) - at(begins);
  return at(begins) > 0 || last >= at(input);
}

export type RowArguments = WindowArguments & Readonly<Record<keyof typeof rowSignature, Node>>;

export interface ClearRows {
  readonly args: RowArguments;
  /** [planes][window depth][rows][stride][phase] */
  readonly to: View;
  readonly planes: Node | number;
  readonly stride: KnownStride;
}

const stepOf = (k: Builder, args: RowArguments, stride: KnownStride): Node =>
  stride === 0 ? args.stridesWidth : k.integer(stride);

/** Writes the zeros that stand outside the planes wherever copyWindowRows may leave something out. */
export function clearWindowRows(k: Builder, { args, to, planes, stride }: ClearRows): void {
  const row = k.imul(stepOf(k, args, stride), args.phase);
  const elements = k.imul(k.imul(k.imul(planes, args.kernelDepth), args.rows), row);
  k.when(args.padded, () => k.vectors(elements, (i, part) => k.store(to, i, 0, part)));
}

export interface CopyRows {
  readonly args: RowArguments;
  /** The plane. */
  readonly from: View;
  /** [window depth][rows][stride][phase] */
  readonly to: View;
  /** The output rows' depth, and the first one's height. */
  readonly depth: Node;
  readonly height: Node;
  readonly stride: KnownStride;
}

/** Copies what windows meet of the rows of a plane; what stands outside is left as it is. */
export function copyWindowRows(k: Builder, { args, from, to, depth, height, stride }: CopyRows): void {
  const { kernelDepth, rows, length, phase, inputWidth } = args;
  const step = stepOf(k, args, stride);
  const top = k.isub(k.imul(height, args.stridesHeight), args.beginsHeight);
  const up = (n: Node): Node => (stride === 1 ? n : k.idiv(k.iadd(k.imax(n, 0), k.isub(step, 1)), step));
  k.loop(0, kernelDepth, 1, (kd) => {
    const zd = placeOf(k, args, "Depth", { at: depth, tap: kd });
    k.loop(0, rows, 1, (r) => {
      const index = k.iadd(top, r);
      const exists = k.and(zd.exists, k.and(k.ge(index, 0), k.lt(index, args.inputHeight)));
      const start = k.imul(k.iadd(k.imul(zd.index, args.inputHeight), index), inputWidth);
      const line = k.imul(k.iadd(k.imul(kd, rows), r), step);
      const copyPhase = (p: Node): void => {
        const shift = k.isub(p, args.beginsWidth);
        const lo = k.imin(k.imax(up(k.isub(0, shift)), 0), length);
        const hi = k.imin(k.imax(up(k.isub(inputWidth, shift)), lo), length);
        copyRow(k, {
          row: k.viewAt(from, k.iadd(k.iadd(start, shift), k.imul(lo, step))),
          to: k.viewAt(to, k.iadd(k.imul(k.iadd(line, p), phase), lo)),
          count: k.isub(hi, lo),
          stride,
          step,
        });
      };
      k.when(exists, () => {
        if (stride === 1) copyPhase(k.integer(0));
        else k.loop(0, step, 1, copyPhase);
      });
    });
  });
}
