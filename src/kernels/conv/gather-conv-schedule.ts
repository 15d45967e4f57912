import type { Target, TileShape } from "../../ir/target.ts";
import type { Storage } from "../../ir/type.ts";
import { storageOf } from "../elementwise/storage-of.ts";
import type { Launches, Schedule, StepFacts, TensorFacts } from "../schedule.ts";
import { operand, result, use } from "../schedule.ts";
import { knownStride } from "./copy-row.ts";
import { planFinish } from "./finish.ts";
import { gatherConv } from "./gather-conv.ts";
import { windowWords } from "./gather-windows.ts";
import type { ConvShape } from "./geometry.ts";
import { convShape } from "./geometry.ts";
import { placePanels } from "./pack-weights.ts";

/** Elements of gathered windows that one item should hold, so that they stay in the second cache. */
const roomWanted = 32768;
/** Pixels of an item, at most. */
const mostPixels = 256;
/** The least number of items for which outputs are split no further. */
const enoughItems = 16;
/** Products that an item should have, at least. */
const leastProducts = 1 << 18;
/** The most lanes that any target has. */
const widestLanes = 64;

/** Any convolution, as a product of weights with gathered windows. */
export const gatherConvSchedule: Schedule = {
  name: "gather-conv",
  ops: ["conv"],
  epilogue: true,
  plan(step, target) {
    const [x, w] = step.operands as readonly [TensorFacts, TensorFacts];
    const [y] = step.results as readonly [TensorFacts | undefined];
    const [from, to] = [storageOf(x.dtype), y && storageOf(y.dtype)];
    if (from === undefined || to === undefined) return `${x.dtype} has no kernels`;
    const shape = convShape(x.shape, w.shape, step.attributes);
    if (typeof shape === "string") return shape;
    return planGather(step, shape, { target, storages: [from, to] });
  },
};

interface Context {
  readonly target: Target;
  readonly storages: readonly [x: Storage, y: Storage];
}

function planGather(step: StepFacts, shape: ConvShape, { target, storages }: Context): Launches | string {
  const planned = planFinish(step, 2);
  if (typeof planned === "string") return planned;
  const { batch, group, outputs, depth, pixels } = shape;
  const { mr, nv } = tileFor(target, outputs);
  const block = blockPixels(shape, nv * (target.lanes ?? widestLanes));
  const pitch = pitchOf(block);
  const blocks = Math.max(1, Math.ceil(pixels / block));
  const tiles = Math.ceil(outputs / mr);
  const splits = splitsFor(shape, { tiles, items: batch * group * blocks, block });
  const splitTiles = Math.ceil(tiles / splits);
  const weights = placePanels(step.operands[1] as TensorFacts, 1, { blocks: group, rows: outputs, depth, width: mr });
  const [strideWidth] = [shape.strides[2]];
  const options = {
    mr,
    nv,
    x: storages[0],
    y: storages[1],
    finish: planned.finish,
    room: 2 ** Math.ceil(Math.log2(Math.max(8192, depth * pitch + nv * widestLanes))),
    stride: knownStride(strideWidth),
  };
  const isEmpty = batch * outputs * pixels === 0;
  const products = batch * group * outputs * pixels * depth;
  return {
    launches: [
      ...weights.launches,
      {
        kernel: use(
          gatherConv,
          options,
          `${mr}x${nv} ${storages.join()} ${options.room} ${options.stride} ${planned.key}`,
        ),
        words: {
          ...windowWords(shape),
          ...planned.words,
          x: operand(0),
          w: weights.place,
          y: result(),
          depth,
          pixels,
          block,
          blocks,
          pitch,
          group,
          outputs,
          tiles,
          splits: Math.ceil(tiles / splitTiles),
          splitTiles,
        },
        items: isEmpty ? 0 : batch * group * blocks * Math.ceil(tiles / splitTiles),
        flops: 2 * products,
        bytes: 4 * (batch * group * (shape.channels * shape.area + outputs * pixels) + group * outputs * depth),
      },
    ],
    temporaries: weights.temporaries,
    packed: weights.packed,
  };
}

/** The tile that wastes least on outputs; of equals the better one. */
function tileFor(target: Target, outputs: number): TileShape {
  const cost = ({ mr, nv }: TileShape): number => (Math.ceil(outputs / mr) * (mr * nv + nv + mr / 2)) / nv;
  return target.tiles.reduce((best, tile) => (cost(tile) < 0.95 * cost(best) ? tile : best));
}

/** Pixels of an item: a multiple of the tile's width. */
function blockPixels({ depth, pixels }: ConvShape, width: number): number {
  const fitting = Math.min(mostPixels, Math.floor(roomWanted / Math.max(1, depth)), pixels);
  return Math.max(1, Math.ceil(Math.max(fitting, Math.min(32, pixels)) / width)) * width;
}

/** Elements from one row of windows to the next: an odd number of lines of 16, so that rows spread over the cache. */
function pitchOf(block: number): number {
  const lines = Math.ceil(block / 16);
  return 16 * (lines + ((lines + 1) % 2));
}

/** Parts that the outputs of a group are split in, each of which gathers for itself. */
function splitsFor(
  { depth }: ConvShape,
  { tiles, items, block }: { readonly tiles: number; readonly items: number; readonly block: number },
): number {
  const wanted = Math.ceil(enoughItems / Math.max(1, items));
  const tileProducts = depth * block * 6;
  const least = Math.max(8, Math.ceil(leastProducts / Math.max(1, tileProducts)));
  return Math.max(1, Math.min(wanted, Math.floor(tiles / least)));
}
