import type { NodeProcess } from "../current-process.ts";
import { currentProcess } from "../current-process.ts";
import { HostRefusal } from "../host-refusal.ts";
import { CodeRegion } from "./code-region.ts";
import type { Ffi } from "./ffi.ts";
import { NativeMemory } from "./native-memory.ts";
import { openFfi } from "./open-ffi.ts";
import type { Pages } from "./pages.ts";
import { posixPages } from "./posix-pages.ts";
import { windowsPages } from "./windows-pages.ts";

/** What runs machine code in this thread. */
export interface NativeHost {
  readonly ffi: Ffi;
  readonly pages: Pages;
  readonly platform: string;
  readonly arch: string;
  /** Puts code into a region of its own; the caller disposes it. */
  map(code: Uint8Array): CodeRegion;
  /** Says where in the process a memory of JavaScript lies. */
  memory(holder: { readonly buffer: ArrayBufferLike }): NativeMemory;
}

/**
 * The native host of this thread; each worker opens its own, and what one has mapped the others may call by its address. Throws
 * HostRefusal where machine code cannot be called at all; whether a target's code would run is for `probeNative` to say.
 */
export function openNativeHost(process: NodeProcess | undefined = currentProcess()): NativeHost {
  if (process === undefined) {
    throw new HostRefusal("NO_FFI", "Browsers run no machine code of their own: use a WebAssembly target.");
  }
  const { platform, arch } = process;
  return nativeHostOn(openFfi(process), { platform, arch });
}

/** The host that calls through `ffi`. */
export function nativeHostOn(ffi: Ffi, { platform, arch }: { platform: string; arch: string }): NativeHost {
  const pages = platform === "win32" ? windowsPages(ffi) : posixPages(ffi, { platform, arch });
  // int3 on x64; on arm64 a word of zeros is not an instruction.
  const trap = arch === "x64" ? 0xcc : 0;
  return {
    ffi,
    pages,
    platform,
    arch,
    map: (code) => new CodeRegion(code, { pages, ffi, trap }),
    memory: (holder) => new NativeMemory(ffi, holder),
  };
}
