import { describe, expect, it } from "vitest";
import { readArm64Features } from "./arm64-features.ts";
import type { NativeHost } from "./native-host.ts";

/** A host on `platform` whose system library answers by `functions`. */
function system(platform: string, functions: Readonly<Record<string, (...words: bigint[]) => bigint>>): NativeHost {
  const bind = (_library: string, symbol: string) => functions[symbol];
  const addressOf = (view: Uint8Array) => {
    views.push(view);
    return BigInt(views.length);
  };
  return { platform, arch: "arm64", ffi: { bind, addressOf } } as unknown as NativeHost;
}

/** What was given an address, by the address less one. */
const views: Uint8Array[] = [];
const viewAt = (address: bigint) => views[Number(address) - 1] ?? new Uint8Array(0);

describe("features of an arm64 processor", () => {
  it("are bits of AT_HWCAP and AT_HWCAP2 on Linux", () => {
    // As a Neoverse V2 has them in /proc/self/auxv: HWCAP 0xffffffff, and HWCAP2 with sve2, svei8mm, svebf16, i8mm and bf16.
    const hwcaps = new Map([
      [16n, 0xffff_ffffn],
      [26n, (1n << 1n) | (1n << 9n) | (1n << 12n) | (1n << 13n) | (1n << 14n)],
    ]);
    const { usable } = readArm64Features(system("linux", { getauxval: (entry) => hwcaps.get(entry ?? 0n) ?? 0n }));
    expect([...usable]).toEqual(["neon", "fp16", "dotprod", "i8mm", "bf16", "sve", "sve2", "svei8mm", "svebf16"]);
    // A Cortex-A72: fp asimd evtstrm aes pmull sha1 sha2 crc32 cpuid.
    const old = readArm64Features(system("linux", { getauxval: (entry) => (entry === 16n ? 0x8ffn : 0n) }));
    expect([...old.usable]).toEqual(["neon"]);
  });

  it("are answers of sysctlbyname on macOS, where nothing has SVE", () => {
    const present = ["hw.optional.AdvSIMD", "hw.optional.arm.FEAT_FP16", "hw.optional.arm.FEAT_DotProd"];
    const sysctlbyname = (name = 0n, value = 0n) => {
      const text = new TextDecoder().decode(viewAt(name)).replace(/\0$/, "");
      if (!present.includes(text)) return 0xffff_ffffn;
      viewAt(value)[0] = 1;
      return 0n;
    };
    const { usable } = readArm64Features(system("darwin", { sysctlbyname }));
    expect([...usable]).toEqual(["neon", "fp16", "dotprod"]);
  });

  it("are answers of IsProcessorFeaturePresent on Windows", () => {
    const present = new Set([19n, 43n]);
    const isPresent = (feature = 0n) => (present.has(feature) ? 0xdead_beef_0000_0001n : 0xdead_beef_0000_0000n);
    const { usable } = readArm64Features(system("win32", { IsProcessorFeaturePresent: isPresent }));
    expect([...usable]).toEqual(["neon", "dotprod"]);
  });
});
