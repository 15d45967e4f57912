import type { TrailingNormAttributes } from "../../ops/trailing-norm.ts";
import { bytesFor } from "../../tensor/dtype.ts";
import { elementCount } from "../../tensor/tensor.ts";
import { storageOf } from "../elementwise/storage-of.ts";
import type { Schedule, TensorFacts } from "../schedule.ts";
import { operand, result, use } from "../schedule.ts";
import { layerNorm } from "./layer-norm.ts";
import { isPerElement, normRows } from "./norm-rows.ts";

export const layerNormSchedule: Schedule = {
  name: "layer-norm",
  ops: ["layerNorm"],
  plan({ attributes, operands, results }) {
    const { axis, epsilon } = attributes as TrailingNormAttributes;
    const [x, scale, bias] = operands as [TensorFacts, TensorFacts | undefined, TensorFacts | undefined];
    if (results[0] === undefined) return "nobody uses the result";
    const storage = storageOf(x.dtype);
    if (storage === undefined) return `${x.dtype} has no layer-norm kernel`;
    const { rows, n } = normRows(x, axis);
    const odd = [scale, bias].some((each) => each && !isPerElement(each, x, n));
    if (odd) return "its scale or bias is not one for each element of a row";
    return {
      launches: [
        {
          kernel: use(layerNorm, { storage, scale: scale !== undefined, bias: bias !== undefined }),
          words: {
            ...{ x: operand(0), xPitch: n, y: result(), yPitch: n, n, eps: epsilon },
            scale: scale ? operand(1) : 0,
            bias: bias ? operand(2) : 0,
          },
          items: rows,
          flops: 7 * rows * n,
          bytes: 2 * bytesFor(x.dtype, elementCount(x.shape)),
        },
      ],
      inPlace: [0],
    };
  },
};
