import { LimitError } from "../tensor/errors.ts";
import { ArrayViews } from "./array-views.ts";

/** Memory that can grow. Its buffer may be another one afterwards. */
export interface Growable {
  readonly buffer: ArrayBufferLike;
  /** Grows to at least so many bytes. Throws RangeError where the machine does not give them. */
  grow(bytes: number): void;
}

interface Region {
  at: number;
  bytes: number;
  free: boolean;
}

/** Regions begin at multiples of this. */
const alignment = 64;

/** The memory grows by at least this share of what it has: each time the engine makes another buffer, and pages that nothing touches cost nothing. */
const growth = 1 / 4;

/** The most that 32-bit addresses reach. */
const maxBytes = 2 ** 32 - 2 ** 16;

/** Hands out regions of a growing memory, by their addresses. */
export class HostMemory {
  readonly #memory: Growable;
  readonly #regions: Region[] = [];
  #end: number;
  #views: ArrayViews;

  /** The first `reserved` bytes are left alone. */
  constructor(memory: Growable, reserved = 0) {
    this.#memory = memory;
    this.#views = new ArrayViews(memory.buffer);
    this.#end = Math.ceil(reserved / alignment) * alignment;
  }

  /** All of it. Ask again after anything was allocated: growing may have moved it. */
  get buffer(): ArrayBufferLike {
    return this.#views.buffer;
  }

  /** All of it as arrays, with the same rule. */
  get views(): ArrayViews {
    return this.#views;
  }

  /** Bytes in use or free below the end of the last region. */
  get bytes(): number {
    return this.#end;
  }

  /** The address of a new region, which holds anything. Throws LimitError where there is not so much memory. */
  allocate(bytes: number): number {
    const size = Math.max(alignment, Math.ceil(bytes / alignment) * alignment);
    const reused = this.#regions.findIndex((region) => region.free && region.bytes >= size);
    if (reused >= 0) {
      const region = this.#regions[reused] as Region;
      if (region.bytes > size) {
        this.#regions.splice(reused + 1, 0, { at: region.at + size, bytes: region.bytes - size, free: true });
        region.bytes = size;
      }
      region.free = false;
      return region.at;
    }
    const last = this.#regions.at(-1);
    const at = last?.free ? last.at : this.#end;
    this.#reach(at + size);
    if (last?.free) {
      last.bytes = size;
      last.free = false;
    } else this.#regions.push({ at, bytes: size, free: false });
    this.#end = at + size;
    return at;
  }

  /** Gives a region back. */
  release(at: number): void {
    const index = this.#regions.findIndex((region) => region.at === at && !region.free);
    const region = this.#regions[index];
    if (region === undefined) throw new RangeError(`Bug: no region begins at ${at}.`);
    region.free = true;
    for (const i of [index, index - 1]) {
      const [a, b] = [this.#regions[i], this.#regions[i + 1]];
      if (!a?.free || !b?.free) continue;
      a.bytes += b.bytes;
      this.#regions.splice(i + 1, 1);
    }
  }

  #reach(end: number): void {
    if (end <= this.buffer.byteLength) return;
    if (end > maxBytes) {
      throw new LimitError(
        `The model needs ${end} bytes of memory for weights and arena, more than 32-bit addresses reach. Use smaller inputs, a smaller model, or target "eval".`,
      );
    }
    try {
      this.#grow(end);
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      throw new LimitError(
        `The model needs ${end} bytes of memory for weights and arena, which the machine does not give (${cause.message}). Use smaller inputs, or a machine with more memory.`,
        { cause },
      );
    }
    this.#views = new ArrayViews(this.#memory.buffer);
  }

  /** To some more than is needed, where the machine gives that. */
  #grow(end: number): void {
    const ample = Math.min(maxBytes, alignment * Math.ceil((this.buffer.byteLength * (1 + growth)) / alignment));
    if (ample > end) {
      try {
        this.#memory.grow(ample);
        return;
      } catch (cause) {
        if (!(cause instanceof RangeError)) throw cause;
      }
    }
    this.#memory.grow(end);
  }
}
