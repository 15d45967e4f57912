import { LimitError } from "../../../tensor/errors.ts";
import { HostRefusal } from "../host-refusal.ts";
import type { Address, Ffi, WordFunction } from "./ffi.ts";
import type { PageAccess, Pages } from "./pages.ts";

interface Platform {
  readonly platform: string;
  readonly arch: string;
}

/** Values of <sys/mman.h> and <unistd.h>, which differ between systems. */
const constants = {
  linux: { mapAnonymous: 0x20n, pageSizeName: 30n, errnoFunction: "__errno_location" },
  darwin: { mapAnonymous: 0x1000n, pageSizeName: 29n, errnoFunction: "__error" },
} as const;

const mapPrivate = 2n;
const protections: Readonly<Record<PageAccess, bigint>> = { none: 0n, "read-write": 3n, "read-execute": 5n };
const minusOne = 0xffff_ffff_ffff_ffffn;

/** Pages by mmap, mprotect and munmap, on Linux and macOS. */
export function posixPages(ffi: Ffi, { platform, arch }: Platform): Pages {
  const { mapAnonymous, pageSizeName, errnoFunction } = constants[platform === "darwin" ? "darwin" : "linux"];
  const mmap = ffi.bind("c", "mmap", 6);
  const mprotect = ffi.bind("c", "mprotect", 3);
  const munmap = ffi.bind("c", "munmap", 2);
  const memcpy = ffi.bind("c", "memcpy", 3);
  const errno = errnoReader(ffi.bind("c", errnoFunction, 0), memcpy, ffi);
  const failed = (result: bigint) => BigInt.asIntN(32, result) !== 0n;
  return {
    size: Number(ffi.bind("c", "sysconf", 1)(pageSizeName)),
    allocate(bytes) {
      const start = mmap(0n, BigInt(bytes), protections["read-write"], mapPrivate | mapAnonymous, minusOne, 0n);
      if (start !== minusOne) return start;
      throw new LimitError(
        `The system has no ${bytes} bytes of memory (mmap: errno ${errno()}): free some, or raise ulimit -v.`,
      );
    },
    protect(start, bytes, access) {
      if (!failed(mprotect(start, BigInt(bytes), protections[access]))) return;
      throw new HostRefusal(
        "EXEC_DENIED",
        `The system did not make ${bytes} bytes of memory ${access} (mprotect: errno ${errno()}): ask its administrator to allow ` +
          "execution of generated code (SELinux execmem, systemd MemoryDenyWriteExecute).",
      );
    },
    free(start, bytes) {
      munmap(start, BigInt(bytes));
    },
    flushInstructionCache: cacheFlush(ffi, { platform, arch }),
    write(target, bytes) {
      // A copy in memory of its own: the engine may move small typed arrays.
      const still = new Uint8Array(new ArrayBuffer(bytes.length));
      still.set(bytes);
      memcpy(target, ffi.addressOf(still), BigInt(bytes.length));
    },
  };
}

/** errno lies where a function of the C library says; other calls between the failure and this one may have changed it. */
function errnoReader(location: WordFunction, memcpy: WordFunction, ffi: Ffi): () => number {
  const copy = new Int32Array(new ArrayBuffer(4));
  return () => {
    memcpy(ffi.addressOf(new Uint8Array(copy.buffer)), location(), 4n);
    return copy[0] ?? 0;
  };
}

/** x64 keeps the instruction cache in step by itself. */
function cacheFlush(ffi: Ffi, { platform, arch }: Platform): (start: Address, bytes: number) => void {
  if (arch !== "arm64") return () => {};
  if (platform === "darwin") {
    const invalidate = ffi.bind("c", "sys_icache_invalidate", 2);
    return (start, bytes) => void invalidate(start, BigInt(bytes));
  }
  const clear = ffi.bind("compiler-runtime", "__clear_cache", 2);
  return (start, bytes) => void clear(start, start + BigInt(bytes));
}
