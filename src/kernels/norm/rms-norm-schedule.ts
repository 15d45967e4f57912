import type { Storage } from "../../ir/type.ts";
import type { RmsNormAttributes } from "../../ops/rms-norm.ts";
import { bytesFor } from "../../tensor/dtype.ts";
import { elementCount } from "../../tensor/tensor.ts";
import { storageOf } from "../elementwise/storage-of.ts";
import type { Place, Schedule, TensorFacts } from "../schedule.ts";
import { operand, result, temporary, use } from "../schedule.ts";
import { isPerElement, normRows } from "./norm-rows.ts";
import type { RmsNorm } from "./rms-norm.ts";
import { rmsNorm } from "./rms-norm.ts";

/** rmsNorm, and addRmsNorm with its sum: a row an item, whatever the storages. */
export const rmsNormSchedule: Schedule = {
  name: "rms-norm",
  ops: ["rmsNorm", "addRmsNorm"],
  plan({ op, attributes, operands, results }) {
    const { axis, epsilon } = attributes as RmsNormAttributes;
    const hasResidual = op === "addRmsNorm";
    const [x, second, third] = operands as [TensorFacts, TensorFacts | undefined, TensorFacts | undefined];
    const scale = hasResidual ? third : second;
    const [y, sum] = results;
    if (y === undefined) return "nobody uses the normalised result";
    const storages = [x, y, ...(scale ? [scale] : [])].map(({ dtype }) => storageOf(dtype));
    if (storages.includes(undefined))
      return `${[x, y, scale].map((each) => each?.dtype).join(", ")} have no such kernel`;
    const { rows, n } = normRows(x, axis);
    if (scale && !isPerElement(scale, x, n)) return "its scale is not one for each element of a row";
    const scaleAt = hasResidual ? 2 : 1;
    const sumPlace: Place = sum ? result(1) : temporary();
    const options: RmsNorm = {
      storage: storages[0] as Storage,
      result: storages[1] as Storage,
      ...(scale && { scale: storages[2] as Storage }),
      ...(hasResidual && { residual: true }),
    };
    const bytes = bytesFor(x.dtype, elementCount(x.shape));
    return {
      launches: [
        {
          kernel: use(rmsNorm, options),
          words: {
            ...{ x: operand(0), xPitch: n, y: result(), yPitch: n, n, eps: epsilon },
            scale: scale ? operand(scaleAt) : 0,
            ...(hasResidual
              ? { residual: operand(1), residualPitch: n, sum: sumPlace, sumPitch: n }
              : { residual: 0, residualPitch: 0, sum: 0, sumPitch: 0 }),
          },
          items: rows,
          flops: 4 * rows * n,
          bytes: (hasResidual ? 4 : 2) * bytes,
        },
      ],
      ...(hasResidual && !sum && { temporaries: [bytes] }),
      inPlace: x.dtype === y.dtype && !hasResidual ? [0] : [],
    };
  },
};
