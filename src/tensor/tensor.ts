import type { DataOf, DType } from "./dtype.ts";
import { bytesFor, dtypes } from "./dtype.ts";
import { ShapeError } from "./errors.ts";

/**
 * A dense, row-major block of elements. `shape` is [] for a scalar. `data` holds the raw storage of the dtype (see DataOf):
 * a plain object with these three fields is a tensor, whoever made it.
 */
export interface Tensor<D extends DType = DType> {
  readonly dtype: D;
  readonly shape: readonly number[];
  readonly data: DataOf<D>;
}

/** The number of elements of a shape: the product of its dims, 1 for a scalar. */
export function elementCount(shape: readonly number[]): number {
  let count = 1;
  for (const dim of shape) count *= dim;
  return count;
}

/** Array slots that `count` elements of a dtype take in its storage array: fewer for packed types, two each for complex ones. */
export function storageLength(dtype: DType, count: number): number {
  if (dtypes[dtype].kind === "complex") return 2 * count;
  return dtype === "string" ? count : bytesFor(dtype, count) / dtypes[dtype].array.BYTES_PER_ELEMENT;
}

/** Storage for `count` elements: zeros, or empty strings. */
export function allocate<D extends DType>(dtype: D, count: number): DataOf<D> {
  const length = storageLength(dtype, count);
  const data =
    dtype === "string"
      ? new Array<string>(length).fill("")
      : new dtypes[dtype as Exclude<DType, "string">].array(length);
  return data as DataOf<D>;
}

/** A tensor of zeros (empty strings for the string dtype). */
export function zeros<D extends DType>(dtype: D, shape: readonly number[]): Tensor<D> {
  return { dtype, shape, data: allocate(dtype, elementCount(shape)) };
}

/** A tensor over storage that exists already; the data is not copied. Throws a ShapeError when its length does not fit the shape. */
export function tensor<D extends DType>(dtype: D, shape: readonly number[], data: DataOf<D>): Tensor<D> {
  const expected = storageLength(dtype, elementCount(shape));
  if (data.length !== expected) {
    throw new ShapeError(
      `Tensor ${dtype}[${shape.join(",")}] needs ${expected} storage slots, its data has ${data.length}.`,
    );
  }
  return { dtype, shape, data };
}
