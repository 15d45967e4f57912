import { isAbsent } from "../graph/leaves.ts";
import { formatType, tensorType } from "../graph/type.ts";
import { ShapeError } from "../tensor/errors.ts";
import { formatShape } from "../tensor/shape.ts";
import { resolveAxis } from "./axis.ts";
import { axisLines } from "./axis-lines.ts";
import { indexNumbers, indexVector } from "./index-operand.ts";
import { op } from "./op.ts";
import { clearRun, copyRun, copySlots, fromSlots, slotsOf } from "./slots.ts";
import { tensorOperand } from "./tensor-operand.ts";

type TensorScatterAttributes = {
  readonly axis: number;
  /** True to go on at the start of the axis past its end. */
  readonly circular?: boolean;
};

/**
 * A cache with the entries of `update` written along `axis` (not the first, which is the batch), from place starts[b] of batch
 * entry b on; from 0 where starts is left out. Where `ends` is given, what lies from place ends[b] on is zero.
 */
export const tensorScatter = op("tensorScatter", ["cache", "update", "starts?", "ends?"], {
  infer([cache, update, starts, ends], { axis }: TensorScatterAttributes) {
    const { dtype, shape } = tensorOperand(cache, "cache");
    const added = tensorOperand(update, "update");
    if (!isAbsent(starts)) indexVector(starts, "starts");
    if (!isAbsent(ends)) indexVector(ends, "ends");
    if (shape !== undefined && resolveAxis(axis, shape.length) === 0)
      throw new ShapeError("axis must not be the batch axis 0.");
    const ranksDiffer = added.shape !== undefined && shape !== undefined && added.shape.length !== shape.length;
    if (added.dtype !== dtype || ranksDiffer) {
      throw new ShapeError(`update ${formatType(added)} does not fit the cache ${formatType(cache.type)}.`);
    }
    return tensorType(dtype, shape);
  },
  eval([cache, update, starts, ends], { axis, circular = false }: TensorScatterAttributes) {
    const at = resolveAxis(axis, cache.shape.length);
    const { outer, length, inner } = axisLines(cache.shape, at);
    const count = update.shape[at]!;
    const misfit = cacheMisfit([cache, update, starts, ends], at);
    if (misfit !== undefined) throw new ShapeError(misfit);
    const batch = cache.shape[0]!;
    const first = starts === undefined ? new Array<number>(batch).fill(0) : indexNumbers(starts);
    const least = circular ? Number.POSITIVE_INFINITY : length - count;
    if (first.some((start) => start < 0 || start > least)) {
      throw new ShapeError(
        `starts [${first.join(", ")}] do not leave room for ${count} entries in ${batch} rows of ${length}.`,
      );
    }
    const last = ends === undefined ? new Array<number>(batch).fill(length) : indexNumbers(ends);
    const [source, target] = [slotsOf(update), copySlots(cache)];
    const run = inner * source.width;
    for (let o = 0; o < outer; o++) {
      const b = Math.floor((o * batch) / outer);
      const start = first[b]!;
      for (let i = 0; i < count; i++) {
        copyRun(source.data, (o * count + i) * run, target.data, (o * length + ((start + i) % length)) * run, run);
      }
      clearRun(target.data, (o * length + Math.max(0, last[b]!)) * run, (o + 1) * length * run);
    }
    return fromSlots(target, cache.shape);
  },
});

interface Shaped {
  readonly shape: readonly number[];
}

/** Why the shapes of cache, update, starts and ends do not go together, or undefined where they do. `axis` is not negative. */
export function cacheMisfit(operands: readonly (Shaped | undefined)[], axis: number): string | undefined {
  const [cache = [], update = [], ...counts] = operands.map((operand) => operand?.shape);
  if (update.some((dim, i) => (i === axis ? dim > cache[i]! : dim !== cache[i])))
    return `update ${formatShape(update)} does not fit the cache ${formatShape(cache)}.`;
  const odd = counts.findIndex((shape) => shape !== undefined && (shape[0] ?? 1) !== cache[0]);
  if (odd < 0) return undefined;
  return `${odd === 0 ? "starts" : "ends"} ${formatShape(counts[odd]!)} must be one for each of ${cache[0]} rows.`;
}
