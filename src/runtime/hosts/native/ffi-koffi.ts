import type { NodeProcess } from "../current-process.ts";
import { HostRefusal } from "../host-refusal.ts";
import { requireOf } from "../peer-package.ts";
import type { Ffi, SystemLibrary, WordFunction } from "./ffi.ts";
import { libraryNames, openFirst } from "./system-library.ts";

type Koffi = typeof import("koffi");

/** The Ffi of the package koffi, or undefined where it is not installed. */
export function openKoffi(process: NodeProcess): Ffi | undefined {
  const koffi = requireKoffi(process);
  return koffi && makeFfi(koffi, process);
}

/** The package koffi 3 or later, or undefined where it is not installed. Throws HostRefusal where it does not load. */
function requireKoffi(process: NodeProcess): Koffi | undefined {
  const require = requireOf("koffi", process);
  if (require === undefined) return undefined;
  let koffi: Koffi;
  try {
    koffi = require("koffi");
  } catch (error) {
    const denied = error instanceof Error && "code" in error && error.code === "ERR_DLOPEN_DISABLED";
    throw denied
      ? new HostRefusal("FFI_DENIED", `koffi may not load here: start node with --allow-addons too.`, { cause: error })
      : new HostRefusal("NO_FFI", `koffi is installed and does not load (${String(error)}): install it again.`, {
          cause: error,
        });
  }
  if (Number.parseInt(koffi.version, 10) < 3) {
    throw new HostRefusal("NO_FFI", `koffi ${koffi.version} cannot call raw addresses: install koffi 3 or later.`);
  }
  return koffi;
}

function makeFfi(koffi: Koffi, { platform, arch }: NodeProcess): Ffi {
  // In a worker, a decoded function would crash before the first load.
  if (platform !== "win32") koffi.load(null);
  const open = (library: SystemLibrary) =>
    library === "c" && platform !== "win32"
      ? koffi.load(null)
      : openFirst(libraryNames(library, { platform, arch }), (name) => koffi.load(name));
  const prototype = koffi.proto("int", ["void *", "void *"]);
  return {
    name: "koffi",
    bind(library, symbol, arity): WordFunction {
      const words = Array.from({ length: arity }, () => "uint64_t" as const);
      const call = open(library).func(symbol, "uint64_t", words);
      return (...args) => BigInt(call(...args));
    },
    addressOf: (view) => koffi.address(view),
    entry: (code) => koffi.decode(code, prototype),
  };
}
