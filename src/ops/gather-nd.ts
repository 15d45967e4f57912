import { formatType, tensorType } from "../graph/type.ts";
import { ShapeError } from "../tensor/errors.ts";
import { numbers } from "../tensor/numbers.ts";
import { formatShape, rowMajorStrides } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount } from "../tensor/tensor.ts";
import { indexTensor, resolveIndex } from "./gather.ts";
import { op } from "./op.ts";
import { copyRun, fromSlots, newSlots, slotsOf } from "./slots.ts";
import { tensorOperand } from "./tensor-operand.ts";

type GatherNdAttributes = { readonly batchDims: number };

/** Blocks of x: each vector along the last axis of `indices` names one, by its place in the axes of x after the first `batchDims`, which both share. */
export const gatherNd = op("gatherNd", ["x", "indices"], {
  infer([x, indices], { batchDims }: GatherNdAttributes) {
    const { dtype, shape } = tensorOperand(x, "x");
    const places = indexTensor(indices, "indices").shape;
    const depth = places?.[places.length - 1];
    if (places !== undefined && places.length <= batchDims) {
      throw new ShapeError(
        `indices must have more than ${batchDims} axes (batchDims), got ${formatType(indices.type)}.`,
      );
    }
    if (shape === undefined || places === undefined || typeof depth !== "number") return tensorType(dtype, undefined);
    if (batchDims + depth > shape.length) {
      throw new ShapeError(`indices ${formatType(indices.type)} name more axes than x ${formatType(x.type)} has.`);
    }
    return tensorType(dtype, [...places.slice(0, -1), ...shape.slice(batchDims + depth)]);
  },
  eval([x, indices], { batchDims }: GatherNdAttributes) {
    const depth = indices.shape[indices.shape.length - 1] ?? 1;
    const shape = [...indices.shape.slice(0, -1), ...x.shape.slice(batchDims + depth)];
    const places = blockPlaces(x.shape, indices, batchDims);
    const [source, target] = [slotsOf(x), newSlots(x.dtype, elementCount(shape))];
    const run = elementCount(x.shape.slice(batchDims + depth)) * source.width;
    for (const [i, place] of places.entries()) copyRun(source.data, place * source.width, target.data, i * run, run);
    return fromSlots(target, shape);
  },
});

/** For each vector along the last axis of `indices`, the offset in elements of the block that it names in a dense block of `shape`. */
export function blockPlaces(shape: readonly number[], indices: Tensor, batchDims: number): number[] {
  const depth = indices.shape[indices.shape.length - 1];
  const rows = indices.shape.slice(0, -1);
  if (
    depth === undefined ||
    batchDims + depth > shape.length ||
    rows.slice(0, batchDims).some((d, i) => d !== shape[i])
  ) {
    throw new ShapeError(
      `indices ${formatShape(indices.shape)} do not fit x ${formatShape(shape)} with ${batchDims} shared leading axes.`,
    );
  }
  const strides = rowMajorStrides(shape);
  const values = numbers(indices);
  const count = elementCount(rows);
  const batches = elementCount(rows.slice(0, batchDims));
  const batchSize = elementCount(shape.slice(batchDims));
  return Array.from({ length: count }, (_unused, row) => {
    let place = Math.floor((row * batches) / count) * batchSize;
    for (let i = 0; i < depth; i++) {
      const axis = batchDims + i;
      place += resolveIndex(values[row * depth + i]!, shape[axis]!, `axis ${axis} of x`) * strides[axis]!;
    }
    return place;
  });
}
