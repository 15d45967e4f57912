import { LimitError } from "../../../tensor/errors.ts";
import { HostRefusal } from "../host-refusal.ts";
import type { Ffi } from "./ffi.ts";
import type { PageAccess, Pages } from "./pages.ts";

/** Of <winnt.h>. */
const memCommitReserve = 0x3000n;
const memRelease = 0x8000n;
const protections: Readonly<Record<PageAccess, bigint>> = { none: 1n, "read-write": 4n, "read-execute": 0x20n };
/** Where SYSTEM_INFO, 48 bytes on 64-bit systems, has dwPageSize. */
const systemInfo = { bytes: 48, pageSize: 4 };

/** Pages by VirtualAlloc, VirtualProtect and VirtualFree. */
export function windowsPages(ffi: Ffi): Pages {
  const virtualAlloc = ffi.bind("kernel32", "VirtualAlloc", 4);
  const virtualProtect = ffi.bind("kernel32", "VirtualProtect", 4);
  const virtualFree = ffi.bind("kernel32", "VirtualFree", 3);
  const flush = ffi.bind("kernel32", "FlushInstructionCache", 3);
  const currentProcess = ffi.bind("kernel32", "GetCurrentProcess", 0);
  const memcpy = ffi.bind("c", "memcpy", 3);
  const info = new Uint8Array(new ArrayBuffer(systemInfo.bytes));
  ffi.bind("kernel32", "GetSystemInfo", 1)(ffi.addressOf(info));
  const before = new Uint8Array(new ArrayBuffer(4));
  return {
    size: new DataView(info.buffer).getUint32(systemInfo.pageSize, true),
    allocate(bytes) {
      const start = virtualAlloc(0n, BigInt(bytes), memCommitReserve, protections["read-write"]);
      if (start !== 0n) return start;
      throw new LimitError(`Windows has no ${bytes} bytes of memory (VirtualAlloc): free some.`);
    },
    protect(start, bytes, access) {
      const done = virtualProtect(start, BigInt(bytes), protections[access], ffi.addressOf(before));
      if (BigInt.asIntN(32, done) !== 0n) return;
      throw new HostRefusal(
        "EXEC_DENIED",
        `Windows did not make ${bytes} bytes of memory ${access} (VirtualProtect): allow dynamic code for this program ` +
          "(arbitrary code guard).",
      );
    },
    free(start) {
      virtualFree(start, 0n, memRelease);
    },
    flushInstructionCache(start, bytes) {
      flush(currentProcess(), start, BigInt(bytes));
    },
    write(target, bytes) {
      const still = new Uint8Array(new ArrayBuffer(bytes.length));
      still.set(bytes);
      memcpy(target, ffi.addressOf(still), BigInt(bytes.length));
    },
  };
}
