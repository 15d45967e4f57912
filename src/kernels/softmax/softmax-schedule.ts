import { resolveAxis } from "../../ops/axis.ts";
import type { SoftmaxAttributes } from "../../ops/softmax.ts";
import { bytesFor } from "../../tensor/dtype.ts";
import { elementCount } from "../../tensor/tensor.ts";
import { storageOf } from "../elementwise/storage-of.ts";
import type { Launch, Schedule, TensorFacts } from "../schedule.ts";
import { operand, result, use } from "../schedule.ts";
import { softmax } from "./softmax.ts";
import { softmaxColumns } from "./softmax-columns.ts";

/** Elements of one block where the axis is not the last one. */
const block = 64;

/** softmax and logSoftmax along any axis. */
export const softmaxSchedule: Schedule = {
  name: "softmax",
  ops: ["softmax", "logSoftmax"],
  plan({ op, attributes, operands: [x], results: [y] }) {
    const { shape, dtype } = x as TensorFacts;
    const storage = storageOf(dtype);
    if (storage === undefined) return `${dtype} has no softmax kernel`;
    if (y === undefined) return "nobody uses the result";
    const axis = resolveAxis((attributes as SoftmaxAttributes).axis, shape.length);
    const [outer, count, n] = [
      elementCount(shape.slice(0, axis)),
      shape[axis] as number,
      elementCount(shape.slice(axis + 1)),
    ];
    const options = { ...(op === "logSoftmax" && { log: true }), storage };
    const work = { flops: 20 * outer * count * n, bytes: 2 * bytesFor(dtype, outer * count * n) };
    const places = { x: operand(0), y: result() };
    const rowLaunch: Launch = {
      kernel: use(softmax, options),
      words: { ...places, xPitch: count, yPitch: count, n: count },
      items: outer,
      ...work,
    };
    const blocks = Math.ceil(n / block);
    const strides = { xStride0: count * n, xStride1: n, yStride0: count * n, yStride1: n };
    const columnLaunch: Launch = {
      kernel: use(softmaxColumns, options),
      words: { ...places, ...strides, count, n, blocks, block },
      items: outer * blocks,
      ...work,
    };
    return { launches: [n === 1 ? rowLaunch : columnLaunch], inPlace: [0] };
  },
};
