import { isAbsent } from "../graph/leaves.ts";
import { formatType, tensorType } from "../graph/type.ts";
import { ShapeError } from "../tensor/errors.ts";
import { formatShape } from "../tensor/shape.ts";
import { resolveAxis } from "./axis.ts";
import { axisLines } from "./axis-lines.ts";
import { indexNumbers, indexVector } from "./index-operand.ts";
import { op } from "./op.ts";
import { copyRun, copySlots, fromSlots, slotsOf } from "./slots.ts";
import { tensorOperand } from "./tensor-operand.ts";

type TensorScatterAttributes = {
  readonly axis: number;
  /** True to go on at the start of the axis past its end. */
  readonly circular?: boolean;
};

/**
 * A cache with the entries of `update` written along `axis` (not the first, which is the batch), from place starts[b] of batch
 * entry b on; from 0 where starts is left out.
 */
export const tensorScatter = op("tensorScatter", ["cache", "update", "starts?"], {
  infer([cache, update, starts], { axis }: TensorScatterAttributes) {
    const { dtype, shape } = tensorOperand(cache, "cache");
    const added = tensorOperand(update, "update");
    if (!isAbsent(starts)) indexVector(starts, "starts");
    if (shape !== undefined && resolveAxis(axis, shape.length) === 0)
      throw new ShapeError("axis must not be the batch axis 0.");
    const ranksDiffer = added.shape !== undefined && shape !== undefined && added.shape.length !== shape.length;
    if (added.dtype !== dtype || ranksDiffer) {
      throw new ShapeError(`update ${formatType(added)} does not fit the cache ${formatType(cache.type)}.`);
    }
    return tensorType(dtype, shape);
  },
  eval([cache, update, starts], { axis, circular = false }: TensorScatterAttributes) {
    const at = resolveAxis(axis, cache.shape.length);
    const { outer, length, inner } = axisLines(cache.shape, at);
    const count = update.shape[at]!;
    if (update.shape.some((dim, i) => (i === at ? dim > length : dim !== cache.shape[i]))) {
      throw new ShapeError(`update ${formatShape(update.shape)} does not fit the cache ${formatShape(cache.shape)}.`);
    }
    const batch = cache.shape[0]!;
    const first = starts === undefined ? new Array<number>(batch).fill(0) : indexNumbers(starts);
    const least = circular ? Number.POSITIVE_INFINITY : length - count;
    if (first.length !== batch || first.some((start) => start < 0 || start > least)) {
      throw new ShapeError(
        `starts [${first.join(", ")}] do not leave room for ${count} entries in ${batch} rows of ${length}.`,
      );
    }
    const [source, target] = [slotsOf(update), copySlots(cache)];
    const run = inner * source.width;
    for (let o = 0; o < outer; o++) {
      const start = first[Math.floor((o * batch) / outer)]!;
      for (let i = 0; i < count; i++) {
        copyRun(source.data, (o * count + i) * run, target.data, (o * length + ((start + i) % length)) * run, run);
      }
    }
    return fromSlots(target, cache.shape);
  },
});
