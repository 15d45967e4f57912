import { storageOf } from "../elementwise/storage-of.ts";
import type { Schedule, TensorFacts } from "../schedule.ts";
import { operand, result, use } from "../schedule.ts";
import { planFinish } from "./finish.ts";
import { windowWords } from "./gather-windows.ts";
import { convShape } from "./geometry.ts";
import { integerConv } from "./integer-conv.ts";
import { placeWeightPairs } from "./pack-weight-pairs.ts";
import { blocksOf, tileFor, walkOf, widestLanes } from "./plan-gather.ts";
import { roomFor } from "./room-for.ts";

/** Convolutions of bytes, exact in i32. */
export const integerConvSchedule: Schedule = {
  name: "integer-conv",
  ops: ["convInteger"],
  epilogue: true,
  plan(step, target) {
    const [x, w, zero] = step.operands as readonly [TensorFacts, TensorFacts, TensorFacts?];
    const [y] = step.results as readonly [TensorFacts | undefined];
    const shape = convShape(x.shape, w.shape, step.attributes);
    if (typeof shape === "string") return shape;
    const finish = planFinish(step, { dtype: "i32" });
    if (typeof finish === "string") return finish;
    const [from, to] = [storageOf(x.dtype), y && storageOf(y.dtype)];
    if (from === undefined || to === undefined) return `${y?.dtype ?? x.dtype} has no kernels`;
    const { batch, group, outputs, depth, pixels } = shape;
    const { mr, nv } = tileFor(target, outputs);
    const { block, pitch, blocks } = blocksOf(shape, nv * (target.lanes ?? widestLanes));
    const room = roomFor(Math.max(65536, (depth + 1) * pitch + 2 * nv * widestLanes));
    const options = {
      mr,
      nv,
      x: from,
      y: to,
      hasZero: zero !== undefined,
      finish: finish.finish,
      room,
      walk: walkOf(shape),
    };
    const weights = placeWeightPairs(step, shape, mr);
    const words = {
      ...windowWords(shape),
      ...finish.words,
      ...{ x: operand(0), xZero: operand(zero ? 2 : 0), w: weights.place, y: result() },
      ...{ depth, pixels, block, blocks, pitch, group, outputs, tiles: Math.ceil(outputs / mr) },
    };
    const key = `${mr}x${nv} ${from} ${to} ${options.hasZero} ${room} ${options.walk} ${finish.key}`;
    return {
      launches: [
        ...weights.launches,
        {
          kernel: use(integerConv, options, key),
          words,
          items: batch * outputs * pixels === 0 ? 0 : batch * group * blocks,
          flops: 2 * batch * group * outputs * pixels * depth,
          bytes: batch * group * (shape.channels * shape.area + 4 * outputs * pixels) + group * outputs * depth,
        },
      ],
      temporaries: weights.temporaries,
      packed: weights.packed,
    };
  },
};
