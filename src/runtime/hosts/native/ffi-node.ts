import type { NodeProcess } from "../current-process.ts";
import { HostRefusal } from "../host-refusal.ts";
import { callThroughBsearch } from "./call-through-bsearch.ts";
import type { Ffi, SystemLibrary, WordFunction } from "./ffi.ts";
import { libraryNames, openFirst } from "./system-library.ts";

/** Of the module node:ffi, what is used here; keys of a signature other than these two are ignored by it. */
interface NodeFfi {
  DynamicLibrary: new (
    path: string | null,
  ) => {
    getFunction(
      name: string,
      signature: { readonly arguments: readonly string[]; readonly return: string },
    ): (...args: readonly bigint[]) => bigint;
  };
  getRawPointer(view: ArrayBufferView): bigint;
}

/** The Ffi of Node's own node:ffi, or undefined in a Node without it. */
export function openNodeFfi(process: NodeProcess): Ffi | undefined {
  const ffi = quietly(process, () => process.getBuiltinModule("node:ffi")) as NodeFfi | undefined;
  if (ffi === undefined) return undefined;
  const { platform, arch } = process;
  const open = (library: SystemLibrary) =>
    library === "c" && platform !== "win32"
      ? new ffi.DynamicLibrary(null)
      : openFirst(libraryNames(library, { platform, arch }), (name) => new ffi.DynamicLibrary(name));
  // Each function from a library of its own, which admits one signature a symbol. "pointer" is the type that is quick.
  const bind = (library: SystemLibrary, symbol: string, arity: number): WordFunction =>
    open(library).getFunction(symbol, { arguments: Array.from({ length: arity }, () => "pointer"), return: "pointer" });
  try {
    return {
      name: "node:ffi",
      bind,
      addressOf: (view) => ffi.getRawPointer(view),
      entry: callThroughBsearch(bind("c", "bsearch", 5)),
    };
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ERR_ACCESS_DENIED")) throw error;
    throw new HostRefusal("FFI_DENIED", "node:ffi may not be used here: start node with --allow-ffi too.", {
      cause: error,
    });
  }
}

/** Node warns that node:ffi is experimental when it is first taken; whoever runs a model did not ask for it. */
function quietly<T>(process: NodeProcess, take: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return take();
  } finally {
    process.emitWarning = emitWarning;
  }
}
