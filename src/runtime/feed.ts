import type { Type } from "../graph/type.ts";
import type { Datum } from "../tensor/datum.ts";
import type { DType } from "../tensor/dtype.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { expected } from "./describe-feed.ts";
import { readTensorFeed } from "./tensor-feed.ts";

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
 * its length); lists within lists, which have a shape of their own; a single number, bigint, boolean or string; for sequences a list of these, for optionals null.
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
  if (type.kind === "tensor") return readTensorFeed(name, type, feed);
  if (type.kind === "optional") return feed === null ? null : readFeed(name, type.item, feed);
  if (type.kind === "sequence") {
    if (Array.isArray(feed)) return feed.map((item, i) => readFeed(`${name}[${i}]`, type.item, item as Feed));
    throw expected(name, type, "a list of its items", feed);
  }
  if (type.kind === "map" && feed instanceof Map) return feed as Datum;
  throw expected(name, type, "a value of that type", feed);
}
