import type { Storage } from "../../ir/type.ts";
import { computeElement } from "../../ir/type.ts";
import type { PoolAttributes } from "../../ops/pool.ts";
import { settleWindow } from "../../ops/window.ts";
import type { DType } from "../../tensor/dtype.ts";
import { dtypes } from "../../tensor/dtype.ts";
import { storageOf } from "../elementwise/storage-of.ts";
import type { Schedule, TensorFacts } from "../schedule.ts";
import { operand, result, use } from "../schedule.ts";
import { knownStride } from "./copy-row.ts";
import { planFinish } from "./finish.ts";
import { windowWords } from "./gather-windows.ts";
import { product, windowShape } from "./geometry.ts";
import { maxPool } from "./max-pool.ts";
import { roomForRows } from "./room-for.ts";

/** Elements that an item should read. */
const itemElements = 8192;
/** Elements of a row that scratch has room for. */
const longestRow = 1 << 20;

/** Pooling by the largest element. */
export const maxPoolSchedule: Schedule = {
  name: "max-pool",
  ops: ["maxPool"],
  epilogue: true,
  plan(step) {
    const [x] = step.operands as readonly [TensorFacts];
    const [y] = step.results as readonly [TensorFacts | undefined];
    if (y === undefined) return "nobody uses the result";
    const attributes = step.attributes as unknown as PoolAttributes;
    const window = windowShape(settleWindow(x.shape.slice(2), attributes.kernel, attributes));
    if (window === undefined) return `${x.shape.length - 2} spatial axes have no kernels`;
    const finish = planFinish(step);
    if (typeof finish === "string") return finish;
    const [from, to] = [storageOf(x.dtype), storageOf(y.dtype)];
    if (from === undefined || to === undefined) return `${x.dtype} has no kernels`;
    const { input, output, kernel, strides, dilations, begins } = window;
    const reach = (output[2] - 1) * strides[2] + (kernel[2] - 1) * dilations[2] + 1;
    const longest = Math.max(reach, begins[2] + input[2]);
    if (longest > longestRow) return `rows of ${longest} elements are too long for scratch`;
    const met = input[2] * kernel[0] * kernel[1];
    const block = Math.max(1, Math.min(output[1], Math.ceil(itemElements / Math.max(1, met))));
    const blocks = Math.max(1, Math.ceil(output[1] / block));
    const [pixels, area, outputs] = [product(output), product(input), x.shape[1] as number];
    const planes = (x.shape[0] as number) * outputs;
    const lowest = lowestOf(from, x.dtype);
    const stride = knownStride(strides[2]);
    const room = roomForRows(longest);
    const options = { x: from, y: to, lowest, finish: finish.finish, room, stride } as const;
    return {
      launches: [
        {
          kernel: use(maxPool, options, `${from} ${to} ${lowest} ${room} ${stride} ${finish.key}`),
          words: {
            ...windowWords({ ...window, channels: 1, area }),
            ...finish.words,
            ...{ block, blocks, reach, outputs, x: operand(0), y: result() },
          },
          items: pixels === 0 ? 0 : planes * output[0] * blocks,
          flops: planes * pixels * product(kernel),
          bytes: 4 * planes * (pixels + area),
        },
      ],
    };
  },
};

/** What is below all elements of a dtype. */
function lowestOf(storage: Storage, dtype: DType): number {
  if (computeElement(storage) === "f32") return Number.NEGATIVE_INFINITY;
  const { kind, bits } = dtypes[dtype];
  return kind === "int" ? -(2 ** (bits - 1)) : 0;
}
