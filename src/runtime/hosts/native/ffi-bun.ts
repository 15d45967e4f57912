import type { NodeProcess } from "../current-process.ts";
import { callThroughBsearch } from "./call-through-bsearch.ts";
import type { Ffi, SystemLibrary, WordFunction } from "./ffi.ts";
import { libraryNames, openFirst } from "./system-library.ts";

/** Of the module bun:ffi, what is used here. */
interface BunFfi {
  dlopen(
    path: string,
    symbols: Readonly<Record<string, { readonly args: readonly string[]; readonly returns: string }>>,
  ): { readonly symbols: Readonly<Record<string, (...args: readonly bigint[]) => bigint>> };
  ptr(view: ArrayBufferView): number;
}

/** The Ffi of Bun's bun:ffi, or undefined in a Bun without it. */
export function openBunFfi({ getBuiltinModule, platform, arch }: NodeProcess): Ffi | undefined {
  const ffi = getBuiltinModule("bun:ffi") as BunFfi | undefined;
  if (ffi === undefined) return undefined;
  const bind = (library: SystemLibrary, symbol: string, arity: number): WordFunction => {
    const signature = { args: Array.from({ length: arity }, () => "usize"), returns: "usize" };
    return openFirst(libraryNames(library, { platform, arch }), (name) => {
      const call = ffi.dlopen(name, { [symbol]: signature }).symbols[symbol];
      if (call === undefined) throw new Error(`${name} has no ${symbol}.`);
      return call;
    });
  };
  return {
    name: "bun:ffi",
    bind,
    addressOf: (view) => BigInt(ffi.ptr(view)),
    entry: callThroughBsearch(bind("c", "bsearch", 5)),
  };
}
