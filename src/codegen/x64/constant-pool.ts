/** The constants that follow a function's code, each stored once, aligned to its size. */
import type { Pool } from "./operand.ts";

/** The pool's own alignment, so that a constant of 64 bytes never straddles a cache line. */
export const poolAlignment = 64;

export class ConstantPool {
  readonly #offsets = new Map<string, number>();
  readonly #bytes: number[] = [];

  /** Where these bytes lie. Their alignment is their length, rounded up to a power of two, 64 at most. */
  constant(bytes: Uint8Array): Pool {
    const key = bytes.join();
    let pool = this.#offsets.get(key);
    if (pool === undefined) {
      const alignment = Math.min(poolAlignment, 2 ** Math.ceil(Math.log2(Math.max(1, bytes.length))));
      while (this.#bytes.length % alignment !== 0) this.#bytes.push(0);
      pool = this.#bytes.length;
      this.#bytes.push(...bytes);
      this.#offsets.set(key, pool);
    }
    return { pool };
  }

  get bytes(): readonly number[] {
    return this.#bytes;
  }
}
