import { invariant, UsageError } from "../../../tensor/errors.ts";
import type { Address, Ffi, NativeEntry } from "./ffi.ts";
import type { Pages } from "./pages.ts";

/** Machine code in memory of its own: written once, then sealed read-execute for good, with an inaccessible page behind it. */
export class CodeRegion {
  /** Where the code begins; the start of a page. */
  readonly base: Address;
  /** Bytes of code. */
  readonly length: number;
  readonly #pages: Pages;
  readonly #ffi: Ffi;
  readonly #mapped: number;
  #disposed = false;

  /**
   * Throws HostRefusal EXEC_DENIED where the system lets nothing become executable, LimitError where there is no memory. `trap` is a byte that stops
   * the processor when it runs past the code on its last page.
   */
  constructor(
    code: Uint8Array,
    { pages, ffi, trap }: { readonly pages: Pages; readonly ffi: Ffi; readonly trap: number },
  ) {
    invariant(code.length > 0, "a code region has no code.");
    const sealed = Math.ceil(code.length / pages.size) * pages.size;
    this.#pages = pages;
    this.#ffi = ffi;
    this.#mapped = sealed + pages.size;
    this.length = code.length;
    this.base = pages.allocate(this.#mapped);
    try {
      const filled = new Uint8Array(sealed).fill(trap);
      filled.set(code);
      pages.write(this.base, filled);
      pages.protect(this.base, sealed, "read-execute");
      pages.protect(this.base + BigInt(sealed), pages.size, "none");
      pages.flushInstructionCache(this.base, sealed);
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** The function that begins `offset` bytes into the code. It throws UsageError once the region is disposed. */
  entry(offset: number): NativeEntry {
    invariant(offset >= 0 && offset < this.length, `code of ${this.length} bytes has no entry at ${offset}.`);
    const call = this.#ffi.entry(this.base + BigInt(offset));
    return (context, argument) => {
      if (this.#disposed) throw new UsageError("This machine code is disposed: load the model again.");
      return call(context, argument);
    };
  }

  /** Gives the memory back. No thread may be inside the code or enter it again. A second call does nothing. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#pages.free(this.base, this.#mapped);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
