import type { SystemLibrary } from "./ffi.ts";

/** File names of a library on this system, the usual one first; musl's C library comes second to that of GNU. */
export function libraryNames(library: SystemLibrary, { platform, arch }: { platform: string; arch: string }): string[] {
  if (platform === "win32") return [library === "kernel32" ? "kernel32.dll" : "ucrtbase.dll"];
  if (platform === "darwin") return ["/usr/lib/libSystem.B.dylib"];
  if (library === "compiler-runtime") return ["libgcc_s.so.1"];
  return ["libc.so.6", `libc.musl-${arch === "arm64" ? "aarch64" : "x86_64"}.so.1`];
}

/** The first library of `names` that `open` can open; throws what it threw for the first one if it can open none. */
export function openFirst<T>(names: readonly string[], open: (name: string) => T): T {
  const failures: unknown[] = [];
  for (const name of names) {
    try {
      return open(name);
    } catch (error) {
      failures.push(error);
    }
  }
  throw failures[0];
}
