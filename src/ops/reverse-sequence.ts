import { tensorType } from "../graph/type.ts";
import { ShapeError } from "../tensor/errors.ts";
import { rowMajorStrides } from "../tensor/shape.ts";
import { elementCount } from "../tensor/tensor.ts";
import { resolveAxis } from "./axis.ts";
import { indexNumbers, indexVector } from "./index-operand.ts";
import { op } from "./op.ts";
import { fromSlots, newSlots, slotsOf } from "./slots.ts";
import { stridedCopy } from "./strided-copy.ts";
import { tensorOperand } from "./tensor-operand.ts";

type ReverseSequenceAttributes = { readonly batchAxis: number; readonly timeAxis: number };

/** For each entry b of the batch axis, the first lengths[b] entries of the time axis in reverse order; the others as they are. */
export const reverseSequence = op("reverseSequence", ["x", "lengths"], {
  infer([x, lengths], { batchAxis, timeAxis }: ReverseSequenceAttributes) {
    const { dtype, shape } = tensorOperand(x, "x");
    indexVector(lengths, "lengths");
    if (shape === undefined) return tensorType(dtype, undefined);
    if (resolveAxis(batchAxis, shape.length, "batchAxis") === resolveAxis(timeAxis, shape.length, "timeAxis")) {
      throw new ShapeError(`batchAxis and timeAxis must differ, both are ${batchAxis}.`);
    }
    return tensorType(dtype, shape);
  },
  eval([x, lengths], { batchAxis, timeAxis }: ReverseSequenceAttributes) {
    const rank = x.shape.length;
    const [batch, time] = [resolveAxis(batchAxis, rank), resolveAxis(timeAxis, rank)];
    const strides = rowMajorStrides(x.shape);
    const [source, target] = [slotsOf(x), newSlots(x.dtype, elementCount(x.shape))];
    const counts = indexNumbers(lengths);
    if (counts.length !== x.shape[batch] || counts.some((count) => count < 0 || count > x.shape[time]!)) {
      const wanted = `${x.shape[batch]} numbers from 0 to ${x.shape[time]}`;
      throw new ShapeError(`lengths must be ${wanted}, got [${counts.join(", ")}].`);
    }
    counts.forEach((count, b) => {
      const [at, step] = [b * strides[batch]!, strides[time]!];
      const part = (length: number) => x.shape.with(batch, 1).with(time, length);
      stridedCopy(
        part(count),
        { slots: source, offset: at + Math.max(0, count - 1) * step, strides: strides.with(time, -step) },
        { slots: target, offset: at, strides },
      );
      const rest = at + count * step;
      stridedCopy(
        part(x.shape[time]! - count),
        { slots: source, offset: rest, strides },
        { slots: target, offset: rest, strides },
      );
    });
    return fromSlots(target, x.shape);
  },
});
