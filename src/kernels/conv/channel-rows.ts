import type { Builder } from "../../ir/builder.ts";
import type { Node } from "../../ir/node.ts";
import type { View } from "../../ir/view.ts";
import type { KnownStride } from "./copy-row.ts";
import { repeatOffsets, tapOffsets } from "./tap-offsets.ts";
import type { RowArguments } from "./window-rows.ts";
import { clearWindowRows, copyWindowRows } from "./window-rows.ts";

/** Elements of padded rows that an item may hold, so that they stay in a cache. */
export const mostRowElements = 131072;

export interface ChannelRows {
  /** `apart`: elements from the rows of one channel to those of the next. */
  readonly args: RowArguments & { readonly apart: Node };
  /** The first channel's plane. */
  readonly from: View;
  /** Get the rows, and the table of the windows' elements. */
  readonly rows: View;
  readonly offsets: View;
  /** The output rows' depth, and the first one's height. */
  readonly depth: Node;
  readonly height: Node;
  readonly stride: KnownStride;
}

/**
 * Lays out the padded rows of all channels of a group, and a table that says how far each element of their windows lies from the first,
 * the depth running over channels, then the window. Gives the elements from the rows of one output row to those of the next.
 */
export function channelRows(k: Builder, { args, from, rows, offsets, depth, height, stride }: ChannelRows): Node {
  const { channels, apart } = args;
  clearWindowRows(k, { args, to: rows, planes: channels, stride });
  k.loop(0, channels, 1, (c) => {
    const [plane, to] = [k.viewAt(from, k.imul(c, args.area)), k.viewAt(rows, k.imul(c, apart))];
    copyWindowRows(k, { args, from: plane, to, depth, height, stride });
  });
  tapOffsets(k, { args, stride, to: offsets });
  const taps = k.imul(k.imul(args.kernelDepth, args.kernelHeight), args.kernelWidth);
  repeatOffsets(k, { to: offsets, taps, channels, apart });
  return k.imul(k.imul(args.stridesHeight, args.stridesWidth), args.phase);
}
