import type { Address, Ffi } from "./ffi.ts";

/** Where a memory that JavaScript holds lies in the process. */
export class NativeMemory {
  readonly #ffi: Ffi;
  readonly #holder: { readonly buffer: ArrayBufferLike };
  #buffer: ArrayBufferLike | undefined;
  #base: Address = 0n;

  /** `holder` is a WebAssembly.Memory, shared or not, or a typed array with an ArrayBuffer of its own. */
  constructor(ffi: Ffi, holder: { readonly buffer: ArrayBufferLike }) {
    this.#ffi = ffi;
    this.#holder = holder;
  }

  /** The address of byte 0. It may change when the memory grows, and is looked up anew then; 0 for an empty memory. */
  get base(): Address {
    const { buffer } = this.#holder;
    if (buffer !== this.#buffer) {
      this.#buffer = buffer;
      this.#base = buffer.byteLength === 0 ? 0n : this.#ffi.addressOf(new Uint8Array(buffer));
    }
    return this.#base;
  }
}
