import type { TensorType } from "../graph/type.ts";
import { formatType } from "../graph/type.ts";
import { isTensor } from "../tensor/datum.ts";
import { dimToString } from "../tensor/dim.ts";
import type { DType } from "../tensor/dtype.ts";
import { dtypeNames, dtypes, isPacked } from "../tensor/dtype.ts";
import { ShapeError, UsageError } from "../tensor/errors.ts";
import { fromNumbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount, storageLength, tensor } from "../tensor/tensor.ts";
import { describeFeed, expected, tagOf } from "./describe-feed.ts";
import { encodeElements } from "./encode-elements.ts";
import type { Feed, Float16ArrayLike } from "./feed.ts";
import { nestedShape } from "./nested-shape.ts";

/** Turns what a caller passes for a tensor input into the tensor. Throws UsageError or ShapeError naming the input, what was expected and what came. */
export function readTensorFeed(name: string, type: TensorType, feed: Feed): Tensor {
  if (isTensor(feed)) return readTensor(name, type, feed);
  if (ArrayBuffer.isView(feed)) return readTypedArray(name, type, feed);
  const isScalar = ["number", "bigint", "boolean", "string"].includes(typeof feed);
  if (!isScalar && !Array.isArray(feed))
    throw expected(name, type, "a tensor { dtype, shape, data }, a typed array, an array or a number", feed);
  const list = isScalar ? [feed] : (feed as readonly unknown[]);
  const entries = entriesPerElement(type.dtype);
  const nested = entries === 1 ? nestedShape(name, list) : undefined;
  const elements = flatten(list);
  const data = encodeElements(name, type.dtype, elements);
  const shape = nested ?? deriveShape(name, type, elements.length / entries);
  return tensor<DType>(type.dtype, shape, data as Tensor["data"] & string[]);
}

const flatten = (list: readonly unknown[]): readonly unknown[] =>
  list.some(Array.isArray) ? list.flat(Number.POSITIVE_INFINITY) : list;

/** How many listed numbers make an element: a complex one is two. */
const entriesPerElement = (dtype: DType): number => (dtypes[dtype].kind === "complex" ? 2 : 1);

function readTensor(name: string, type: TensorType, given: Tensor): Tensor {
  const { dtype, shape, data } = given;
  if (!dtypeNames.includes(dtype)) {
    throw new UsageError(`Input "${name}": "${String(dtype)}" is no dtype; the dtypes are ${dtypeNames.join(", ")}.`);
  }
  if (!Array.isArray(shape) || !shape.every((dim) => Number.isSafeInteger(dim) && dim >= 0)) {
    throw new ShapeError(
      `Input "${name}" has the shape ${describeShape(shape)}; it must be a list of whole numbers of 0 or more.`,
    );
  }
  if (dtype !== type.dtype) {
    throw new UsageError(
      `Input "${name}" is ${formatType(type)}, got ${describeFeed(given)}: convert the data to ${type.dtype}.`,
    );
  }
  const isList = Array.isArray(data);
  const storage = isList ? encodeElements(name, dtype, data) : storageOf(dtype, data);
  if (storage === undefined) {
    const wanted = dtype === "string" ? "an array of strings" : `${dtypes[dtype].array.name} or an array of numbers`;
    throw new UsageError(`Input "${name}" is ${dtype}: its data must be ${wanted}, got ${describeFeed(data)}.`);
  }
  const count = elementCount(shape);
  const entries = isList ? count * entriesPerElement(dtype) : storageLength(dtype, count);
  if (data.length !== entries) {
    throw new ShapeError(
      `Input "${name}" has the shape ${describeShape(shape)}, which needs ${entries} entries of data, but it has ${data.length}.`,
    );
  }
  return tensor<DType>(dtype, shape, storage as Tensor["data"] & string[]);
}

const describeShape = (shape: unknown): string => (Array.isArray(shape) ? `[${shape.join(",")}]` : describeFeed(shape));

function readTypedArray(name: string, type: TensorType, feed: ArrayBufferView): Tensor {
  const { dtype } = type;
  const storage = storageOf(dtype, feed);
  if (storage === undefined) {
    const wanted = dtype === "string" ? "an array of strings" : `${dtypes[dtype].array.name} or an array of numbers`;
    throw expected(name, type, wanted, feed);
  }
  return tensor<DType>(
    dtype,
    deriveShape(name, type, countIn(type, storage.length)),
    storage as Tensor["data"] & string[],
  );
}

/** The elements in so many slots of storage. The last byte of a packed type may hold fewer than it could. */
function countIn({ dtype, shape }: TensorType, slots: number): number {
  if (isPacked(dtype) && shape?.every((dim) => typeof dim === "number")) {
    const declared = elementCount(shape as number[]);
    if (storageLength(dtype, declared) === slots) return declared;
  }
  return isPacked(dtype) ? (slots * 8) / dtypes[dtype].bits : slots / entriesPerElement(dtype);
}

/** A typed array as the storage of a dtype; undefined when it is of another kind. */
function storageOf(dtype: DType, data: unknown): Tensor["data"] | undefined {
  const tag = tagOf(data);
  if (dtype === "string") return undefined;
  if (dtype === "f16" && tag === "Float16Array") {
    const { buffer, byteOffset, length } = data as Float16ArrayLike;
    return new Uint16Array(buffer, byteOffset, length);
  }
  const { array } = dtypes[dtype];
  if (tag !== array.name && !(tag === "Uint8ClampedArray" && array === Uint8Array)) return undefined;
  const storage = data as Uint8Array;
  return dtype === "bool" ? fromNumbers("bool", [storage.length], storage).data : (storage as Tensor["data"]);
}

/** The declared shape with its one open dim derived from the number of elements. */
function deriveShape(name: string, type: TensorType, count: number): number[] {
  const { shape } = type;
  const open = shape?.filter((dim) => typeof dim !== "number") ?? [];
  if (shape === undefined || open.length > 1) {
    const which = shape === undefined ? "its rank is not declared" : `${open.map(dimToString).join(" and ")} are open`;
    throw new ShapeError(
      `Input "${name}" is ${formatType(type)}: ${which}, so an array alone does not tell the shape. Pass { dtype: "${type.dtype}", shape: [...], data }.`,
    );
  }
  const known = shape.reduce<number>((product, dim) => (typeof dim === "number" ? product * dim : product), 1);
  const derived = known === 0 ? 0 : count / known;
  const filled = shape.map((dim) => (typeof dim === "number" ? dim : derived));
  if (Number.isInteger(derived) && elementCount(filled) === count) return filled;
  throw new ShapeError(
    `Input "${name}" is ${formatType(type)}: ${count} elements do not fill that shape. Pass as many as it has, or { dtype, shape, data }.`,
  );
}
