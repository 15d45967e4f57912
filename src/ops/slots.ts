import type { DType } from "../tensor/dtype.ts";
import { dtypes, isPacked } from "../tensor/dtype.ts";
import { packBits, unpackBits } from "../tensor/packed.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { allocate, elementCount } from "../tensor/tensor.ts";

/** Storage seen as something to copy from and to: unsigned integers of 8, 16 or 32 bits, or strings. */
export interface SlotArray {
  readonly length: number;
  [slot: number]: number | string;
}

/** The elements of a tensor as `width` slots each, whatever the dtype: what operators that only move elements work on. */
export interface Slots {
  readonly dtype: DType;
  readonly data: SlotArray;
  /** 1; 2 for 64-bit types and c64; 4 for c128. */
  readonly width: number;
}

const slotBits = (dtype: DType): number => Math.min(dtypes[dtype].bits, 32);

/** How many slots an element takes. */
export const slotWidth = (dtype: DType): number => Math.max(1, dtypes[dtype].bits / 32);

function view(dtype: DType, data: Tensor["data"]): SlotArray {
  if (Array.isArray(data)) return data;
  const { buffer, byteOffset, byteLength } = data;
  if (slotBits(dtype) === 8) return new Uint8Array(buffer, byteOffset, byteLength);
  if (slotBits(dtype) === 16) return new Uint16Array(buffer, byteOffset, byteLength / 2);
  return new Uint32Array(buffer, byteOffset, byteLength / 4);
}

/** The elements of a tensor, over its own storage; 4- and 2-bit elements are unpacked into fresh storage. Not to be written to. */
export function slotsOf({ dtype, shape, data }: Tensor): Slots {
  if (isPacked(dtype)) {
    const bits = dtypes[dtype].bits as 2 | 4;
    return { dtype, data: unpackBits(data as Uint8Array, bits, elementCount(shape)), width: 1 };
  }
  return { dtype, data: view(dtype, data), width: slotWidth(dtype) };
}

/** Fresh slots for `count` elements: zeros, or empty strings. */
export function newSlots(dtype: DType, count: number): Slots {
  const data = isPacked(dtype) ? new Uint8Array(count) : view(dtype, allocate(dtype, count));
  return { dtype, data, width: slotWidth(dtype) };
}

/** Fresh slots with the elements of a tensor. */
export function copySlots(t: Tensor): Slots {
  const copy = newSlots(t.dtype, elementCount(t.shape));
  copyRun(slotsOf(t).data, 0, copy.data, 0, copy.data.length);
  return copy;
}

/** The tensor that slots made by `newSlots` or `copySlots` hold; it takes their storage over. */
export function fromSlots({ dtype, data }: Slots, shape: readonly number[]): Tensor {
  if (isPacked(dtype)) return { dtype, shape, data: packBits(data as Uint8Array, dtypes[dtype].bits as 2 | 4) };
  if (dtype === "string") return { dtype, shape, data: data as string[] };
  const { buffer } = data as Uint8Array<ArrayBuffer>;
  return { dtype, shape, data: new dtypes[dtype].array(buffer) };
}

/** Makes slots from `from` to before `end` what `newSlots` fills them with. */
export function clearRun(target: SlotArray, from: number, end: number): void {
  const empty = Array.isArray(target) ? "" : 0;
  for (let i = from; i < end; i++) target[i] = empty;
}

/** Copies `count` neighbouring slots. */
export function copyRun(source: SlotArray, from: number, target: SlotArray, to: number, count: number): void {
  if (count < 24 || Array.isArray(source)) {
    for (let i = 0; i < count; i++) target[to + i] = source[from + i]!;
  } else {
    (target as Uint8Array).set((source as Uint8Array).subarray(from, from + count), to);
  }
}
