import type { Builder } from "../../ir/builder.ts";
import type { Node } from "../../ir/node.ts";
import type { View } from "../../ir/view.ts";
import type { KnownStride } from "./copy-row.ts";
import type { RowArguments } from "./window-rows.ts";

/** Elements of windows that a table has room for. */
export const mostTaps = 8192;

export interface TapOffsets {
  readonly args: RowArguments;
  readonly stride: KnownStride;
  /** The table: i32. */
  readonly to: View;
}

/** Bytes of an element of the rows that windows meet. */
const elementBytes = 4;

/** Writes for each element of a window how many bytes it lies from the first one, among rows as copyWindowRows lays them out. */
export function tapOffsets(k: Builder, { args, stride, to }: TapOffsets): void {
  const { kernelDepth, kernelHeight, kernelWidth, rows, phase } = args;
  const step = stride === 0 ? args.stridesWidth : k.integer(stride);
  k.loop(0, kernelDepth, 1, (kd) => {
    k.loop(0, kernelHeight, 1, (kh) => {
      const line = k.imul(k.iadd(k.imul(kd, rows), k.imul(kh, args.dilationsHeight)), step);
      const tap = k.imul(k.iadd(k.imul(kd, kernelHeight), kh), kernelWidth);
      k.loop(0, kernelWidth, 1, (kw) => {
        const [inPhase, number] = divided(k, k.imul(kw, args.dilationsWidth), { stride, step });
        const elements = k.iadd(k.imul(k.iadd(line, number), phase), inPhase);
        k.storeScalar(to, k.iadd(tap, kw), k.imul(elements, elementBytes));
      });
    });
  });
}

/** The quotient and the remainder of a division by the stride. */
function divided(k: Builder, at: Node, { stride, step }: { readonly stride: KnownStride; readonly step: Node }) {
  return stride === 1 ? ([at, k.integer(0)] as const) : ([k.idiv(at, step), k.irem(at, step)] as const);
}

/** A view from some bytes on. */
export const viewBeyond = (k: Builder, view: View, bytes: Node): View => ({
  ...view,
  pointer: k.iadd(view.pointer, bytes),
});

export interface RepeatOffsets {
  readonly to: View;
  /** Elements of the window, and how often they come. */
  readonly taps: Node;
  readonly channels: Node;
  /** Elements from one channel to the next. */
  readonly apart: Node;
}

/** Continues a table of `taps` offsets for the other channels. */
export function repeatOffsets(k: Builder, { to, taps, channels, apart }: RepeatOffsets): void {
  k.loop(1, channels, 1, (c) => {
    const [from, shift] = [k.viewAt(to, k.imul(c, taps)), k.imul(k.imul(c, apart), elementBytes)];
    k.loop(0, taps, 1, (tap) => k.storeScalar(from, tap, k.iadd(k.loadScalar(to, tap), shift)));
  });
}
