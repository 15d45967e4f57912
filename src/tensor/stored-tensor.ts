/** Tensors that hold no elements but know where they lie, and what reads elements of any tensor without holding them. */
import type { DType } from "./dtype.ts";
import { bytesFor, dtypes, isPacked } from "./dtype.ts";
import type { NumberArray } from "./numbers.ts";
import { numbers } from "./numbers.ts";
import type { StoredBytes } from "./stored-bytes.ts";
import { readAll } from "./stored-bytes.ts";
import type { Tensor } from "./tensor.ts";
import { elementCount } from "./tensor.ts";

const stores = new WeakMap<object, StoredBytes>();

/** A tensor that reads its elements each time when `data` is asked for, and does not keep them. `bytes` holds them as its storage would. */
export function storedTensor(dtype: Exclude<DType, "string">, shape: readonly number[], bytes: StoredBytes): Tensor {
  const made: Tensor = {
    dtype,
    shape,
    get data() {
      return new dtypes[dtype].array(readAll(bytes).buffer);
    },
  };
  stores.set(made, bytes);
  return made;
}

/** Where a tensor's elements lie; undefined for one that holds them. */
export const storedBytes = (t: Tensor): StoredBytes | undefined => stores.get(t);

/** The tensor itself, with elements that it holds from now on. */
export function keepElements(t: Tensor): Tensor {
  if (stores.delete(t)) Object.defineProperty(t, "data", { value: t.data, enumerable: true });
  return t;
}

/** The tensor with its elements, read now: for whoever asks for them more than once. */
export const loadElements = (t: Tensor): Tensor => (stores.has(t) ? { ...t } : t);

/** The same bytes as elements of another type and shape, which must come to as many. */
export function reinterpret(t: Tensor, dtype: Exclude<DType, "string">, shape: readonly number[]): Tensor {
  const stored = stores.get(t);
  if (stored !== undefined) return storedTensor(dtype, shape, stored);
  const { buffer, byteOffset, byteLength } = t.data as Uint8Array<ArrayBuffer>;
  const array = dtypes[dtype].array as Uint8ArrayConstructor;
  const [from, to] = [byteOffset, byteOffset + byteLength];
  const isAligned = from % array.BYTES_PER_ELEMENT === 0;
  const data = isAligned
    ? new array(buffer, from, byteLength / array.BYTES_PER_ELEMENT)
    : new array(buffer.slice(from, to));
  return { dtype, shape, data };
}

/** The tensor's first element, as a scalar. */
export function firstElement(t: Tensor): Tensor {
  const { dtype } = t;
  const stored = stores.get(t);
  if (stored === undefined || dtype === "string") return { dtype, shape: [], data: t.data.slice(0, 1) } as Tensor;
  const data = new dtypes[dtype].array(1);
  stored.read(new Uint8Array(data.buffer), 0);
  return { dtype, shape: [], data };
}

/** Copies the tensor's storage to `target`, which is as long. */
export function copyBytes(t: Tensor, target: Uint8Array): void {
  const stored = stores.get(t);
  if (stored !== undefined) stored.read(target, 0);
  else target.set(reinterpret(t, "u8", [target.length]).data as Uint8Array);
}

/** `count` elements from number `first` on, as numbers: to be read before the next call of this or any other function of the kind. */
export type ElementRuns = (first: number, count: number) => NumberArray;

const windowBytes = 2 ** 18;
/** What was read last, and by which reader: one memory for all, since what is read goes elsewhere at once. */
let held = new Uint8Array(0);
let holder = 0;
let readers = 0;

/** Reads a tensor in runs. Where it does not hold its elements, little more than a run is in memory at a time. */
export function elementRuns(t: Tensor): ElementRuns {
  const { dtype, shape } = t;
  const stored = stores.get(t);
  if (dtype === "string" || isPacked(dtype)) {
    const all = numbers(t);
    return (first, count) => all.subarray(first, first + count);
  }
  const runOf = (data: Tensor["data"]): NumberArray => numbers({ dtype, shape: [data.length], data } as Tensor);
  if (stored === undefined) {
    const data = t.data as NumberArray;
    return (first, count) => runOf(data.subarray(first, first + count));
  }
  const { array, bits } = dtypes[dtype];
  const total = elementCount(shape);
  let window: NumberArray = new Uint8Array(0);
  let from = 0;
  const reader = ++readers;
  return (first, count) => {
    if (holder !== reader || first < from || first + count > from + window.length) {
      const length = Math.min(total - first, Math.max(count, Math.floor((8 * windowBytes) / bits)));
      const bytes = bytesFor(dtype, length);
      if (held.length < bytes) held = new Uint8Array(bytes);
      stored.read(held.subarray(0, bytes), bytesFor(dtype, first));
      window = runOf(new (array as Uint8ArrayConstructor)(held.buffer, 0, length));
      [from, holder] = [first, reader];
    }
    return window.subarray(first - from, first - from + count);
  };
}
