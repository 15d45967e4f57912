import type { DType } from "../tensor/dtype.ts";
import { dtypes } from "../tensor/dtype.ts";

type ArrayOf<A> = A extends { readonly prototype: infer P } ? P : never;
type ArrayType = (typeof dtypes)[Exclude<DType, "string">]["array"];
type Storage = ArrayOf<ArrayType>;

/** Slots from which on a copy is made from an array of its own, whose memory engines do not clear first. */
const longCopy = 1 << 14;

/** A buffer as arrays of each kind, made once: making one costs more than copying a short tensor. */
export class ArrayViews {
  readonly buffer: ArrayBufferLike;
  readonly words: Int32Array;
  readonly #views = new Map<ArrayType, Uint8Array>();

  /** The length of the buffer must be a multiple of 8 bytes. */
  constructor(buffer: ArrayBufferLike) {
    this.buffer = buffer;
    this.words = new Int32Array(buffer);
  }

  /** All of the buffer as elements of a dtype. The type is that of bytes, for copying to and from arrays of the same kind. */
  of(dtype: DType): Uint8Array {
    const array = dtypes[dtype as Exclude<DType, "string">].array as unknown as typeof Uint8Array;
    const known = this.#views.get(array as ArrayType);
    if (known !== undefined) return known;
    const made = new array(this.buffer as ArrayBuffer);
    this.#views.set(array as ArrayType, made);
    return made;
  }

  /** Copies the storage of a tensor to a byte offset, which must be a multiple of an element. */
  write(dtype: DType, at: number, storage: Storage): void {
    const view = this.of(dtype);
    view.set(storage as Uint8Array, at / view.BYTES_PER_ELEMENT);
  }

  /** A copy of `length` slots of storage from a byte offset on. */
  read(dtype: DType, at: number, length: number): Storage {
    const view = this.of(dtype);
    const first = at / view.BYTES_PER_ELEMENT;
    if (length < longCopy) return view.slice(first, first + length);
    const array = view.constructor as typeof Uint8Array;
    return new array(view.subarray(first, first + length));
  }
}
