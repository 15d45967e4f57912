import { formatType, tensorType } from "../graph/type.ts";
import type { Dim } from "../tensor/dim.ts";
import { dimToString } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { numbers } from "../tensor/numbers.ts";
import { formatShape, rowMajorStrides } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount } from "../tensor/tensor.ts";
import { resolveAxis } from "./axis.ts";
import { indexTensor, resolveIndex } from "./gather.ts";
import { op } from "./op.ts";
import { fromSlots, newSlots, slotsOf } from "./slots.ts";
import { tensorOperand } from "./tensor-operand.ts";

type GatherElementsAttributes = { readonly axis: number };

/** y[..., i, ...] = x[..., indices[..., i, ...], ...] along `axis`; indices below 0 count from the end. y has the shape of the indices. */
export const gatherElements = op("gatherElements", ["x", "indices"], {
  infer([x, indices], { axis }: GatherElementsAttributes) {
    const { dtype, shape } = tensorOperand(x, "x");
    const places = indexTensor(indices, "indices").shape;
    if (shape !== undefined) resolveAxis(axis, shape.length);
    if (shape !== undefined && places !== undefined && shape.length !== places.length) {
      throw new ShapeError(
        `x and indices must have one rank, got ${formatType(x.type)} and ${formatType(indices.type)}.`,
      );
    }
    requireWithin(shape, places, axis);
    return tensorType(dtype, places);
  },
  eval([x, indices], { axis }: GatherElementsAttributes) {
    const places = elementPlaces(x.shape, indices, axis);
    const [source, target] = [slotsOf(x), newSlots(x.dtype, places.length)];
    const { width } = source;
    for (let i = 0; i < target.data.length; i++) {
      target.data[i] = source.data[places[Math.floor(i / width)]! * width + (i % width)]!;
    }
    return fromSlots(target, indices.shape);
  },
});

const exceeds = (dim: Dim, other: Dim | undefined): boolean =>
  typeof dim === "number" && typeof other === "number" && dim > other;

/** Throws ShapeError where indices certainly have another rank than x, or more elements along an axis that they do not index. */
export function requireWithin(
  shape: readonly Dim[] | undefined,
  places: readonly Dim[] | undefined,
  axis: number,
): void {
  if (shape === undefined || places === undefined) return;
  const at = resolveAxis(axis, shape.length);
  const reaches = places.length !== shape.length || places.some((dim, i) => i !== at && exceeds(dim, shape[i]));
  if (reaches) {
    throw new ShapeError(
      `indices [${places.map(dimToString).join(", ")}] reach outside x [${shape.map(dimToString).join(", ")}].`,
    );
  }
}

/** For each element of `indices`, which element of a block of `shape` it means, with its index in place of the one along `axis`. */
export function elementPlaces(shape: readonly number[], indices: Tensor, axis: number): Float64Array {
  const rank = shape.length;
  const at = resolveAxis(axis, rank);
  if (indices.shape.length !== rank || indices.shape.some((dim, i) => i !== at && dim > shape[i]!)) {
    throw new ShapeError(`indices ${formatShape(indices.shape)} reach outside x ${formatShape(shape)}.`);
  }
  const [strides, count] = [rowMajorStrides(shape), elementCount(indices.shape)];
  const values = numbers(indices);
  const places = new Float64Array(count);
  const index = new Array<number>(rank).fill(0);
  for (let n = 0; n < count; n++) {
    let place = resolveIndex(values[n]!, shape[at]!, `axis ${axis}`) * strides[at]!;
    for (let i = 0; i < rank; i++) if (i !== at) place += index[i]! * strides[i]!;
    places[n] = place;
    for (let i = rank - 1; i >= 0 && ++index[i]! === indices.shape[i]; i--) index[i] = 0;
  }
  return places;
}
