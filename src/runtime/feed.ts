import type { TensorType, Type } from "../graph/type.ts";
import { formatType } from "../graph/type.ts";
import type { Datum } from "../tensor/datum.ts";
import { isTensor } from "../tensor/datum.ts";
import { dimToString } from "../tensor/dim.ts";
import type { DType } from "../tensor/dtype.ts";
import { dtypes, is64BitInteger } from "../tensor/dtype.ts";
import { ShapeError, UsageError } from "../tensor/errors.ts";
import { fromBigints, fromNumbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount, storageLength, tensor } from "../tensor/tensor.ts";

export type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** Float16Array where the runtime has it: recognised by its name, so that older type libraries accept it too. */
export interface Float16ArrayLike {
  readonly buffer: ArrayBufferLike;
  readonly byteOffset: number;
  readonly length: number;
  readonly BYTES_PER_ELEMENT: number;
  readonly [Symbol.toStringTag]: "Float16Array";
}

/**
 * What an input accepts: a tensor; an array of elements, which takes the shape that the model declares (one open dim is derived from
 * its length); a single number, bigint, boolean or string; for sequences a list of these, for optionals null.
 */
export type Feed =
  | Tensor
  | { readonly dtype: DType; readonly shape: readonly number[]; readonly data: ArrayLike<unknown> }
  | TypedArray
  | Float16ArrayLike
  | number
  | bigint
  | boolean
  | string
  | null
  | readonly Feed[]
  | ReadonlyMap<string | bigint, Datum>;

/** Turns what a caller passes for one input into its datum. Throws UsageError or ShapeError naming the input, what was expected and what came. */
export function readFeed(name: string, type: Type, feed: Feed): Datum {
  if (type.kind === "tensor") return readTensor(name, type, feed);
  if (type.kind === "optional") return feed === null ? null : readFeed(name, type.item, feed);
  if (type.kind === "sequence") {
    if (Array.isArray(feed)) return feed.map((item, i) => readFeed(`${name}[${i}]`, type.item, item as Feed));
    throw expected(name, type, "a list of its items", feed);
  }
  if (type.kind === "map" && feed instanceof Map) return feed as Datum;
  throw expected(name, type, "a value of that type", feed);
}

function expected(name: string, type: Type, wanted: string, feed: unknown): UsageError {
  return new UsageError(`Input "${name}" is ${formatType(type)}: expected ${wanted}, got ${describe(feed)}.`);
}

function describe(feed: unknown): string {
  if (isTensor(feed)) return `${feed.dtype}[${feed.shape.join(",")}]`;
  if (feed === null || feed === undefined) return String(feed);
  if (typeof feed !== "object") return `the ${typeof feed} ${String(feed)}`;
  const { length } = feed as ArrayLike<unknown>;
  return typeof length === "number" ? `${tagOf(feed)} of length ${length}` : tagOf(feed);
}

const tagOf = (feed: object): string => Object.prototype.toString.call(feed).slice(8, -1);

function readTensor(name: string, type: TensorType, feed: Feed): Tensor {
  if (isTensor(feed)) return checkTensor(name, type, feed);
  if (typeof feed === "number" || typeof feed === "bigint" || typeof feed === "boolean" || typeof feed === "string") {
    return fromElements(name, type, [feed]);
  }
  if (Array.isArray(feed)) return fromElements(name, type, flatten(feed));
  if (ArrayBuffer.isView(feed)) return fromTypedArray(name, type, feed as unknown as TypedArray);
  throw expected(name, type, "a tensor, a typed array, an array of numbers or a number", feed);
}

const flatten = (list: readonly unknown[]): readonly unknown[] =>
  list.some(Array.isArray) ? list.flat(Number.POSITIVE_INFINITY) : list;

function checkTensor(name: string, type: TensorType, given: Tensor): Tensor {
  const { dtype, shape } = given;
  if (!Object.hasOwn(dtypes, dtype))
    throw new UsageError(
      `Input "${name}": "${String(dtype)}" is no dtype; the dtypes are ${Object.keys(dtypes).join(", ")}.`,
    );
  if (dtype !== type.dtype) {
    throw new UsageError(
      `Input "${name}" is ${formatType(type)}, got ${describe(given)}: convert the data to ${type.dtype}.`,
    );
  }
  if (!shape.every((dim) => Number.isSafeInteger(dim) && dim >= 0)) {
    throw new ShapeError(`Input "${name}" has the shape [${shape.join(",")}]; dims must be integers of 0 or more.`);
  }
  const data = storageOf(dtype, given.data as ArrayLike<unknown>);
  if (data === undefined) {
    const wanted = dtype === "string" ? "an array of strings" : `${dtypes[dtype].array.name} or an array of numbers`;
    throw new UsageError(`Input "${name}" is ${dtype}: its data must be ${wanted}, got ${describe(given.data)}.`);
  }
  const slots = storageLength(dtype, elementCount(shape));
  if (data.length !== slots) {
    throw new ShapeError(
      `Input "${name}" has the shape [${shape.join(",")}], which needs ${slots} entries of data, but it has ${data.length}.`,
    );
  }
  return tensor(dtype, shape, data);
}

/** The storage array that a dtype's elements are in; undefined when the array is of another kind. */
function storageOf(dtype: DType, data: ArrayLike<unknown>): Tensor["data"] | undefined {
  if (dtype === "string") return Array.isArray(data) ? data.map(String) : undefined;
  const tag = tagOf(data);
  if (dtype === "f16" && tag === "Float16Array") {
    const { buffer, byteOffset, length } = data as unknown as Float16ArrayLike;
    return new Uint16Array(buffer, byteOffset, length);
  }
  if (tag === dtypes[dtype].array.name || (tag === "Uint8ClampedArray" && dtypes[dtype].array === Uint8Array))
    return data as Tensor["data"];
  return Array.isArray(data) ? encode(dtype, [data.length], data).data : undefined;
}

function encode(dtype: DType, shape: readonly number[], elements: readonly unknown[]): Tensor {
  if (dtype === "string") return tensor("string", shape, elements.map(String));
  if (is64BitInteger(dtype))
    return fromBigints(
      dtype,
      shape,
      elements.map((element) => BigInt(element as number)),
    );
  return fromNumbers(dtype, shape, elements.map(Number));
}

function fromElements(name: string, type: TensorType, elements: readonly unknown[]): Tensor {
  const kind = type.dtype === "string" ? "string" : undefined;
  const bad = elements.find((element) =>
    kind ? typeof element !== kind : !["number", "bigint", "boolean"].includes(typeof element),
  );
  const fractional =
    dtypes[type.dtype].kind !== "float" &&
    elements.some((element) => typeof element === "number" && !Number.isInteger(element));
  if (bad !== undefined || fractional) {
    throw new UsageError(
      `Input "${name}" is ${formatType(type)}; it cannot take ${bad === undefined ? "numbers that are not whole" : describe(bad)}.`,
    );
  }
  return encode(type.dtype, deriveShape(name, type, elements.length), elements);
}

function fromTypedArray(name: string, type: TensorType, data: TypedArray): Tensor {
  const storage = storageOf(type.dtype, data as unknown as ArrayLike<unknown>);
  if (storage === undefined || type.dtype === "string") {
    throw new UsageError(
      `Input "${name}" is ${formatType(type)}: expected a ${dtypes[type.dtype].array.name}, got ${describe(data)}.`,
    );
  }
  const perElement = storageLength(type.dtype, 2) / 2;
  return tensor(
    type.dtype,
    deriveShape(name, type, data.length / perElement),
    storage as Exclude<typeof storage, string[]>,
  );
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
  const derived = open.length === 0 ? count : known === 0 ? 0 : count / known;
  const fits = open.length === 0 ? count === known : Number.isInteger(derived);
  if (!fits) throw new ShapeError(`Input "${name}" is ${formatType(type)}: ${count} elements do not fill that shape.`);
  return shape.map((dim) => (typeof dim === "number" ? dim : derived));
}
