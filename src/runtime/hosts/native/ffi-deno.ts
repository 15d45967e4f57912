import type { NodeProcess } from "../current-process.ts";
import { HostRefusal } from "../host-refusal.ts";
import { callThroughBsearch } from "./call-through-bsearch.ts";
import type { Ffi, SystemLibrary, WordFunction } from "./ffi.ts";
import { libraryNames, openFirst } from "./system-library.ts";

/** Of the global `Deno`, what is used here. */
interface DenoFfi {
  dlopen(
    path: string,
    symbols: Readonly<Record<string, { readonly parameters: readonly string[]; readonly result: string }>>,
  ): { readonly symbols: Readonly<Record<string, (...args: readonly bigint[]) => bigint>> };
  readonly UnsafePointer: { of(view: ArrayBufferView): unknown; value(pointer: unknown): bigint };
  readonly permissions: { querySync(of: { readonly name: "ffi" }): { readonly state: string } };
}

/** The Ffi of Deno. Throws HostRefusal FFI_DENIED instead of letting Deno ask the person at the terminal. */
export function openDenoFfi({ platform, arch }: NodeProcess): Ffi | undefined {
  const { Deno } = globalThis as { Deno?: DenoFfi };
  if (Deno?.dlopen === undefined) return undefined;
  if (Deno.permissions.querySync({ name: "ffi" }).state !== "granted") {
    throw new HostRefusal("FFI_DENIED", "Deno may not load libraries here: start deno with --allow-ffi too.");
  }
  const bind = (library: SystemLibrary, symbol: string, arity: number): WordFunction => {
    const signature = { parameters: Array.from({ length: arity }, () => "u64"), result: "u64" };
    return openFirst(libraryNames(library, { platform, arch }), (name) => {
      const call = Deno.dlopen(name, { [symbol]: signature }).symbols[symbol];
      if (call === undefined) throw new Error(`${name} has no ${symbol}.`);
      return call;
    });
  };
  return {
    name: "Deno.dlopen",
    bind,
    addressOf: (view) => Deno.UnsafePointer.value(Deno.UnsafePointer.of(view)),
    entry: callThroughBsearch(bind("c", "bsearch", 5)),
  };
}
