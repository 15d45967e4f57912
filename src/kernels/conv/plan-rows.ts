import type { Target, TileShape } from "../../ir/target.ts";
import { stepsOf } from "../matmul/along-depth.ts";
import type { Launch } from "../schedule.ts";
import { use } from "../schedule.ts";
import { mostRowElements } from "./channel-rows.ts";
import { knownStride } from "./copy-row.ts";
import { windowWords } from "./gather-windows.ts";
import type { ConvShape } from "./geometry.ts";
import { isPointwise } from "./geometry.ts";
import type { GatherOptions, PlannedGather } from "./plan-gather.ts";
import { narrowed, splitOutputs } from "./plan-gather.ts";
import { roomForRows } from "./room-for.ts";
import { rowConv } from "./row-conv.ts";
import { mostTaps } from "./tap-offsets.ts";
import { rowElements, rowLayout } from "./window-rows.ts";

/** Elements of padded rows that an item should hold, so that they stay in the second cache. */
const roomWanted = 32768;
/** Pixels of an item, at most, where it has more than one row. */
const mostPixels = 256;
/** Outputs whose sums take as long as gathering what they add. */
const gatheringCost = 24;

/**
 * Plans the launch of a convolution whose windows are read where padded rows lie; undefined where it is better to gather them: where
 * rows are much shorter than vectors, or one is too much for a cache.
 */
export function planRows(
  shape: ConvShape,
  tile: TileShape,
  { target, x, y, finish }: GatherOptions & { readonly target: Target },
): PlannedGather["launch"] | undefined {
  if (isPointwise(shape) || shape.depth > mostTaps || shape.depth * shape.pixels === 0) return undefined;
  if (wastesMore(shape, tile, target)) return undefined;
  const { batch, group, outputs, depth, pixels, output, channels } = shape;
  const rows = rowsOfItem(shape);
  const elements = elementsOf(shape, rows);
  if (elements > mostRowElements) return undefined;
  const blocks = Math.ceil(output[1] / rows);
  const planes = batch * group * output[0];
  const split = splitOutputs(shape, { mr: tile.mr, items: planes * blocks, block: rows * output[2] });
  const room = Math.max(65536, roomForRows(elements));
  const stride = knownStride(shape.strides[2]);
  const steps = stepsOf(depth, target);
  const options = { ...tile, steps, x, y, finish: finish.finish, room, stride } as const;
  const words = {
    ...windowWords(shape),
    ...finish.words,
    ...rowLayout(shape, rows),
    ...split,
    blocks,
    apart: elements / channels,
    depth,
    pixels,
    group,
    outputs,
  };
  return (places): Launch => ({
    kernel: use(rowConv, options, `${tile.mr}x${tile.nv} ${steps} ${x} ${y} ${room} ${stride} ${finish.key}`),
    words: { ...words, ...places },
    items: planes * blocks * split.splits,
    flops: 2 * batch * group * outputs * pixels * depth,
    bytes: 4 * (batch * group * (channels * shape.area + outputs * pixels) + group * outputs * depth),
  });
}

/** Whether vectors that lie in one row each waste more than gathering takes. */
function wastesMore(shape: ConvShape, tile: TileShape, target: Target): boolean {
  const { output, outputs, pixels } = shape;
  const { lanes = 4 } = target;
  const [{ nv }, { nv: narrow }] = [tile, narrowed(tile, shape, target)];
  const inRows = Math.ceil((output[0] * output[1] * Math.ceil(output[2] / lanes)) / nv) * nv;
  const gathered = Math.ceil(pixels / (narrow * lanes)) * narrow;
  return inRows * outputs > gathered * (outputs + gatheringCost);
}

/** Output rows of an item: as many as fit a cache. */
function rowsOfItem(shape: ConvShape): number {
  const { output } = shape;
  let rows = Math.max(1, Math.min(output[1], Math.floor(mostPixels / output[2])));
  while (rows > 1 && elementsOf(shape, rows) > roomWanted) rows--;
  return rows;
}

/** Elements of the padded rows that `block` output rows meet, of all channels. */
const elementsOf = (shape: ConvShape, block: number): number =>
  shape.channels * rowElements(shape, rowLayout(shape, block));
