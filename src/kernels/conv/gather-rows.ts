import type { Builder } from "../../ir/builder.ts";
import type { Node } from "../../ir/node.ts";
import type { View } from "../../ir/view.ts";
import type { KnownStride } from "./copy-row.ts";
import { mostTaps, tapOffsets, viewBeyond } from "./tap-offsets.ts";
import type { RowArguments } from "./window-rows.ts";
import { clearWindowRows, copyWindowRows } from "./window-rows.ts";

/** Channels whose rows are padded before any is read: processors wait for stores that a load meets too soon and in parts. */
export const atOnce = 8;

/** Scratch for the padded rows of a few channels, and for the table of its window. */
export interface GatherRoom {
  readonly rows: View;
  readonly offsets: View;
}

export const gatherRoom = (k: Builder, elements: number): GatherRoom => ({
  rows: k.scratch(elements),
  offsets: k.scratch(mostTaps, "i32"),
});

export interface GatherRows {
  readonly args: RowArguments;
  /** The first channel's plane. */
  readonly from: View;
  /** [depth][pitch]: up to a vector behind the last pixel is written too. */
  readonly to: View;
  /** The first pixel, and how many. */
  readonly first: Node;
  readonly count: Node;
  readonly stride: KnownStride;
  readonly room: GatherRoom;
}

/** Copies, for each channel and element of the window, what it meets at the pixels: in whole vectors, from padded rows. */
export function gatherRows(k: Builder, { args, from, to, first, count, stride, room }: GatherRows): void {
  const { outputHeight, outputWidth, channels, area } = args;
  const { rows, offsets } = room;
  const taps = k.imul(k.imul(args.kernelDepth, args.kernelHeight), args.kernelWidth);
  const pitch = k.imul(k.imul(args.stridesHeight, args.stridesWidth), args.phase);
  const apart = k.imul(k.imul(k.imul(args.kernelDepth, args.rows), args.stridesWidth), args.phase);
  const end = k.iadd(first, count);
  const [top, bottom] = [k.idiv(first, outputWidth), k.iadd(k.idiv(k.isub(end, 1), outputWidth), 1)];
  tapOffsets(k, { args, stride, to: offsets });
  k.loop(k.idiv(top, outputHeight), k.iadd(k.idiv(k.isub(bottom, 1), outputHeight), 1), 1, (depth) => {
    const above = k.imul(depth, outputHeight);
    const [begin, behind] = [k.imax(top, above), k.imin(bottom, k.iadd(above, outputHeight))];
    clearWindowRows(k, { args, to: rows, planes: atOnce, stride });
    k.loop(0, channels, atOnce, (c0) => {
      const some = k.imin(k.isub(channels, c0), atOnce);
      k.loop(0, some, 1, (c) => {
        const plane = k.viewAt(from, k.imul(k.iadd(c0, c), area));
        const padded = k.viewAt(rows, k.imul(c, apart));
        copyWindowRows(k, { args, from: plane, to: padded, depth, height: k.isub(begin, above), stride });
      });
      k.loop(0, some, 1, (c) => {
        const padded = k.viewAt(rows, k.imul(c, apart));
        k.loop(0, taps, 1, (tap) => {
          const target = k.viewAt(to, [k.iadd(k.imul(k.iadd(c0, c), taps), tap), 0]);
          const source = viewBeyond(k, padded, k.loadScalar(offsets, tap));
          k.loop(begin, behind, 1, (row) => {
            const start = k.imul(row, outputWidth);
            const line = k.viewAt(source, k.imul(k.isub(row, begin), pitch));
            const place = k.viewAt(target, k.isub(start, first));
            k.loop(k.imax(k.isub(first, start), 0), k.imin(k.isub(end, start), outputWidth), k.lanes, (i) =>
              k.store(place, i, k.load(line, i)),
            );
          });
        });
      });
    });
  });
}
