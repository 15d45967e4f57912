/** What the four foreign function interfaces have in common, and nothing of what runs on them. */

/** A place in the memory of this process. */
export type Address = bigint;

/** A function of a C library whose parameters and result are machine words (integers or pointers), at most six. */
export type WordFunction = (...words: readonly bigint[]) => bigint;

/**
 * Calls machine code `int entry(void* context, void* argument)`. `argument` is not 0. The result is 0 where the code's is, and something else where
 * not.
 */
export type NativeEntry = (context: Address, argument: Address) => number;

/** The libraries that hosts call, by what they hold. */
export type SystemLibrary = "c" | "kernel32" | "compiler-runtime";

/** How this process calls into machine code. One a thread: what it answers is not for other threads. */
export interface Ffi {
  readonly name: "koffi" | "node:ffi" | "bun:ffi" | "Deno.dlopen";
  /** The function `symbol`, whose words are `arity` many. Throws what the runtime throws where there is none. */
  bind(library: SystemLibrary, symbol: string, arity: number): WordFunction;
  /** Where the bytes of `view` begin. It must not be a small typed array without an ArrayBuffer made for it: those move. */
  addressOf(view: Uint8Array): Address;
  /** The function whose code begins at `code`. It is not checked; calling what is not code ends the process. */
  entry(code: Address): NativeEntry;
}
