import { broadcastStrides } from "../tensor/shape.ts";
import { elementCount } from "../tensor/tensor.ts";

/** For every element of a row-major block of shape `to`, the index of the element of `own` that is broadcast there. */
export function broadcastIndexes(own: readonly number[], to: readonly number[]): Float64Array {
  return stridedIndexes(to, broadcastStrides(own, to));
}

/** Σ index · stride for every index of a block, in row-major order. */
export function stridedIndexes(shape: readonly number[], strides: readonly number[]): Float64Array {
  const indexes = new Float64Array(elementCount(shape));
  let filled = indexes.length === 0 ? 0 : 1;
  shape.forEach((count, axis) => {
    for (let i = filled * count - 1; filled > 0 && i >= 0; i--)
      indexes[i] = indexes[Math.floor(i / count)]! + (i % count) * strides[axis]!;
    filled *= count;
  });
  return indexes;
}
