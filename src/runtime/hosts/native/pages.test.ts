import { describe, expect, it } from "vitest";
import { nativeHostOn } from "./native-host.ts";
import { recordingFfi } from "./testdata/recording-ffi.ts";

const base = 0x10_0000n;
const code = Uint8Array.of(1, 2, 3);

describe("a code region on Windows", () => {
  const system = (protect = 1n) =>
    recordingFfi({
      GetSystemInfo([at], views) {
        new DataView(views[Number(at) - 1]?.buffer ?? new ArrayBuffer(48)).setUint32(4, 4096, true);
        return 0n;
      },
      GetCurrentProcess: () => 0xffff_ffff_ffff_ffffn,
      VirtualAlloc: () => base,
      VirtualProtect: () => protect,
    });
  const win32 = { platform: "win32", arch: "x64" };

  it("is committed to read and write, sealed to read and execute, guarded, flushed and released whole", () => {
    const { ffi, calls } = system();
    const host = nativeHostOn(ffi, win32);
    calls.length = 0;
    host.map(code).dispose();
    expect(calls).toEqual([
      ["VirtualAlloc", 0n, 8192n, 0x3000n, 4n],
      ["memcpy", base, expect.anything(), 4096n],
      ["VirtualProtect", base, 4096n, 0x20n, expect.anything()],
      ["VirtualProtect", base + 4096n, 4096n, 1n, expect.anything()],
      ["GetCurrentProcess"],
      ["FlushInstructionCache", 0xffff_ffff_ffff_ffffn, base, 4096n],
      ["VirtualFree", base, 0n, 0x8000n],
    ]);
  });

  it("is refused where dynamic code is forbidden", () => {
    const { ffi, calls } = system(0n);
    expect(() => nativeHostOn(ffi, win32).map(code)).toThrow(expect.objectContaining({ refusal: "EXEC_DENIED" }));
    expect(calls.at(-1)).toEqual(["VirtualFree", base, 0n, 0x8000n]);
  });
});

describe("a code region on macOS", () => {
  const system = (start: bigint) => recordingFfi({ sysconf: () => 16384n, mmap: () => start, __error: () => 99n });
  const darwin = { platform: "darwin", arch: "arm64" };

  it("is mapped by the constants of that system, and its instructions are flushed", () => {
    const { ffi, calls } = system(base);
    const host = nativeHostOn(ffi, darwin);
    expect(calls).toEqual([["sysconf", 29n]]);
    calls.length = 0;
    host.map(code).dispose();
    expect(calls).toEqual([
      ["mmap", 0n, 32768n, 3n, 0x1002n, 0xffff_ffff_ffff_ffffn, 0n],
      ["memcpy", base, expect.anything(), 16384n],
      ["mprotect", base, 16384n, 5n],
      ["mprotect", base + 16384n, 16384n, 0n],
      ["sys_icache_invalidate", base, 16384n],
      ["munmap", base, 32768n],
    ]);
  });

  it("is a LimitError where there is no memory", () => {
    const { ffi } = system(0xffff_ffff_ffff_ffffn);
    expect(() => nativeHostOn(ffi, darwin).map(code)).toThrow(expect.objectContaining({ name: "LimitError" }));
  });
});
