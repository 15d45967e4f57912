import type { Target, TileShape } from "../../ir/target.ts";
import type { Storage } from "../../ir/type.ts";
import { stepsOf } from "../matmul/along-depth.ts";
import type { Launch, Place } from "../schedule.ts";
import { use } from "../schedule.ts";
import { knownStride } from "./copy-row.ts";
import type { PlannedFinish } from "./finish.ts";
import { gatherConv } from "./gather-conv.ts";
import { atOnce } from "./gather-rows.ts";
import type { Walk } from "./gather-windows.ts";
import { windowWords } from "./gather-windows.ts";
import type { ConvShape } from "./geometry.ts";
import { isPointwise } from "./geometry.ts";
import { roomFor } from "./room-for.ts";
import type { RowLayout } from "./window-rows.ts";
import { rowLayout } from "./window-rows.ts";

/** Elements of gathered windows that one item should hold, so that they stay in the second cache. */
const roomWanted = 32768;
/** Pixels of an item, at most. */
const mostPixels = 256;
/** The least number of items for which outputs are split no further. */
const enoughItems = 16;
/** Products that an item should have, at least. */
const leastProducts = 1 << 18;
/** Tiles of outputs worth gathering windows for one element at a time, which takes as long as some ten tiles. */
const tilesWorthGathering = 64;
/** Elements of packed weights that stay in the second cache while windows pass by. */
const weightsWanted = 32768;
/** The most lanes that any target has. */
export const widestLanes = 64;

export interface GatherOptions {
  readonly x: Storage;
  readonly y: Storage;
  readonly finish: PlannedFinish;
}

/** A convolution as a product: the rows of a panel of weights, and the launch once it is known where everything lies. */
export interface PlannedGather {
  readonly mr: number;
  readonly launch: (places: { readonly x: Place; readonly w: Place; readonly y: Place }) => Launch;
}

/** Plans the launch of a convolution as a product of weights with gathered windows. */
export function planGather(shape: ConvShape, target: Target, { x, y, finish }: GatherOptions): PlannedGather {
  const { batch, group, outputs, depth, pixels } = shape;
  const { mr, nv } = narrowed(tileFor(target, outputs), shape, target);
  const lanes = target.lanes ?? widestLanes;
  const { block, pitch, blocks } = blocksOf(shape, nv * lanes, isPointwise(shape) ? 0 : lanes);
  const split = splitOutputs(shape, { mr, items: batch * group * blocks, block });
  const room = roomFor(Math.max(65536, depth * pitch + nv * widestLanes));
  const walk = walkOf(shape);
  const layout = rowLayout(shape, Math.min(shape.output[1], Math.ceil((block - 1) / Math.max(1, shape.output[2])) + 1));
  const rowRoom = walk === "point" ? 0 : roomOf(shape, layout);
  const steps = stepsOf(depth, target);
  const options = { mr, nv, steps, x, y, finish: finish.finish, room, rowRoom, walk } as const;
  const words = {
    ...windowWords(shape),
    ...finish.words,
    ...layout,
    depth,
    pixels,
    block,
    blocks,
    pitch,
    group,
    outputs,
    ...split,
  };
  const isEmpty = batch * outputs * pixels === 0;
  return {
    mr,
    launch: (places) => ({
      kernel: use(gatherConv, options, `${mr}x${nv} ${steps} ${x} ${y} ${room} ${rowRoom} ${walk} ${finish.key}`),
      words: { ...words, ...places },
      items: isEmpty ? 0 : batch * group * blocks * split.splits,
      flops: 2 * batch * group * outputs * pixels * depth,
      bytes: 4 * (batch * group * (shape.channels * shape.area + outputs * pixels) + group * outputs * depth),
    }),
  };
}

/** The tile that wastes least on outputs; of equals the better one. */
export function tileFor(target: Target, outputs: number): TileShape {
  const cost = ({ mr, nv }: TileShape): number => (Math.ceil(outputs / mr) * (mr * nv + nv + mr / 2)) / nv;
  return target.tiles.reduce((best, tile) => (cost(tile) < 0.95 * cost(best) ? tile : best));
}

/** Rows of a tile of one vector: enough sums at a time to hide how long a multiply-add takes. */
const narrowRows = 12;

/** The tile for gathered pixels: where one vector holds all of them, a tile of more would multiply nothing. */
export function narrowed(tile: TileShape, { outputs, pixels }: ConvShape, { lanes = 0 }: Target): TileShape {
  if (pixels > lanes || outputs < narrowRows) return tile;
  return { mr: Math.max(tile.mr, narrowRows), nv: 1 };
}

/** Elements of scratch for the padded rows of a few channels. */
export function roomOf({ kernel, strides }: ConvShape, { rows, phase }: RowLayout): number {
  const elements = atOnce * kernel[0] * rows * strides[2] * phase;
  return roomFor(elements + 4 * widestLanes);
}

export const walkOf = (shape: ConvShape): Walk => (isPointwise(shape) ? "point" : knownStride(shape.strides[2]));

export interface PixelBlocks {
  /** Pixels of an item: a multiple of the tile's width. */
  readonly block: number;
  /** Elements from one row of windows to the next: an odd number of lines of 16, so that rows spread over the cache. */
  readonly pitch: number;
  readonly blocks: number;
}

/** How the pixels of a plane are cut for tiles of `width` pixels, with `slack` elements behind each row of windows. */
export function blocksOf({ depth, pixels }: ConvShape, width: number, slack = 0): PixelBlocks {
  const fitting = Math.min(mostPixels, Math.floor(roomWanted / Math.max(1, depth)), pixels);
  const block = Math.max(1, Math.ceil(Math.max(fitting, Math.min(32, pixels)) / width)) * width;
  const lines = Math.ceil((block + slack) / 16);
  return { block, pitch: 16 * (lines + ((lines + 1) % 2)), blocks: Math.max(1, Math.ceil(pixels / block)) };
}

export interface OutputSplit {
  /** Tiles of outputs, the parts that they are split in, and tiles of each. */
  readonly tiles: number;
  readonly splits: number;
  readonly splitTiles: number;
  /** Tiles that are done for all pixels of an item before the next. */
  readonly groupTiles: number;
}

/** How the outputs of a group are split in parts, each of which lays out its windows for itself. */
export function splitOutputs(
  shape: ConvShape,
  { mr, items, block }: { readonly mr: number; readonly items: number; readonly block: number },
): OutputSplit {
  const { depth, outputs } = shape;
  const tiles = Math.ceil(outputs / mr);
  const wanted = Math.ceil(enoughItems / Math.max(1, items));
  const tileProducts = depth * block * 6;
  const least = Math.max(
    walkOf(shape) === 0 ? tilesWorthGathering : 8,
    Math.ceil(leastProducts / Math.max(1, tileProducts)),
  );
  const splitTiles = Math.ceil(tiles / Math.max(1, Math.min(wanted, Math.floor(tiles / least))));
  const groupTiles = Math.max(1, Math.floor(weightsWanted / Math.max(1, depth * mr)));
  return { tiles, splits: Math.ceil(tiles / splitTiles), splitTiles, groupTiles };
}
