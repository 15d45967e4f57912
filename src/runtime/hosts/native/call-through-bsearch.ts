import type { Address, NativeEntry, WordFunction } from "./ffi.ts";

/**
 * Calls of raw addresses for interfaces that only know symbols: `bsearch(key, base, 1, 1, compare)` of the C library calls
 * compare(key, base) once, and answers base where that is 0, else null.
 */
export function callThroughBsearch(bsearch: WordFunction): (code: Address) => NativeEntry {
  return (code) => (context, argument) => (bsearch(context, argument, 1n, 1n, code) === argument ? 0 : 1);
}
