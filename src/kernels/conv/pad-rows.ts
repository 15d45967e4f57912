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
}

/** The arguments that say how rows are laid out. */
export const rowSignature = { block: size(), blocks: size(), rows: size(), length: size(), phase: size() } as const;

/** The layout for items of `block` output rows. */
export function rowLayout({ kernel, output, strides, dilations }: WindowShape, block: number): RowLayout {
  const length = output[2] + Math.floor(((kernel[2] - 1) * dilations[2]) / strides[2]);
  return {
    block,
    rows: (block - 1) * strides[1] + (kernel[1] - 1) * dilations[1] + 1,
    length,
    phase: 16 * Math.ceil((length + 1) / 16),
  };
}

export type RowArguments = WindowArguments & Readonly<Record<keyof typeof rowSignature, Node>>;

export interface PadRows {
  readonly args: RowArguments;
  /** The plane. */
  readonly from: View;
  /** [window depth][rows][stride][phase] */
  readonly to: View;
  /** The output rows' depth, and the first one's height. */
  readonly depth: Node;
  readonly height: Node;
  readonly stride: KnownStride;
  /** What stands outside the plane. */
  readonly fill: number;
}

/**
 * Copies the rows that windows meet, in whole vectors, which may reach into what is written next and up to a vector beyond the last
 * row.
 */
export function padRows(k: Builder, { args, from, to, depth, height, stride, fill }: PadRows): void {
  const { kernelDepth, rows, length, phase, inputWidth } = args;
  const step = stride === 0 ? args.stridesWidth : k.integer(stride);
  const top = k.isub(k.imul(height, args.stridesHeight), args.beginsHeight);
  const up = (n: Node): Node => (stride === 1 ? n : k.idiv(k.iadd(k.imax(n, 0), k.isub(step, 1)), step));
  k.loop(0, kernelDepth, 1, (kd) => {
    const zd = placeOf(k, args, "Depth", { at: depth, tap: kd });
    k.loop(0, rows, 1, (r) => {
      const index = k.iadd(top, r);
      const exists = k.and(zd.exists, k.and(k.ge(index, 0), k.lt(index, args.inputHeight)));
      const start = k.imul(k.iadd(k.imul(zd.index, args.inputHeight), index), inputWidth);
      const line = k.imul(k.iadd(k.imul(kd, rows), r), step);
      const writePhase = (p: Node): void => {
        const shift = k.isub(p, args.beginsWidth);
        const lo = k.imin(k.imax(up(k.isub(0, shift)), 0), length);
        const hi = k.imin(k.imax(up(k.isub(inputWidth, shift)), lo), length);
        const target = k.viewAt(to, k.imul(k.iadd(line, p), phase));
        const filled = (at: Node | number, end: Node): void =>
          k.loop(at, end, k.lanes, (i) => k.store(target, i, fill));
        filled(0, k.select(exists, lo, length));
        copyRow(k, {
          row: k.viewAt(from, k.iadd(k.iadd(start, shift), k.imul(lo, step))),
          to: k.viewAt(target, lo),
          count: k.select(exists, k.isub(hi, lo), 0),
          stride,
          step,
          overruns: true,
        });
        filled(hi, length);
      };
      if (stride === 1) writePhase(k.integer(0));
      else k.loop(0, step, 1, writePhase);
    });
  });
}
