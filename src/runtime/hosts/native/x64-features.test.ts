import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { CodeRegion } from "./code-region.ts";
import { readCpuFeatures } from "./cpu-features.ts";
import type { NativeHost } from "./native-host.ts";
import { openNativeHost } from "./native-host.ts";
import { readX64Features, x64Features } from "./x64-features.ts";

/** What Linux says of the first processor. */
function cpuFlags(): ReadonlySet<string> {
  const [, flags = ""] = /^flags\s*:(.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8")) ?? [];
  return new Set(flags.trim().split(/\s+/));
}

describe.skipIf(process.arch !== "x64" || !existsSync("/proc/cpuinfo"))("features of this processor", () => {
  it("are those that Linux lists", () => {
    const { usable } = readCpuFeatures(openNativeHost());
    const flags = cpuFlags();
    const listed = Object.entries(x64Features).filter(([, { flag }]) => flags.has(flag));
    expect([...usable].sort()).toEqual(listed.map(([name]) => name).sort());
  });
});

type Registers = readonly [eax: number, ebx: number, ecx: number, edx: number];

/** A host whose processor answers CPUID and XGETBV from tables: the code that is mapped is told apart by the instruction in it. */
function processor(cpuid: Readonly<Record<string, Registers>>, xcr0: number): NativeHost {
  const views = new Map<bigint, Uint8Array>();
  let xgetbvs = 0;
  const region = (code: Uint8Array): CodeRegion => {
    const isXgetbv = code.join(" ").includes("15 1 208");
    const entry = () => (_context: bigint, argument: bigint) => {
      const bytes = views.get(argument);
      if (bytes === undefined) throw new Error("an argument that nobody gave an address");
      const words = new Uint32Array(bytes.buffer);
      if (isXgetbv && ++xgetbvs > 0) words[0] = xcr0;
      else words.set(cpuid[`${words[0]}.${words[1]}`] ?? [0, 0, 0, 0]);
      return 0;
    };
    return { entry, dispose() {}, [Symbol.dispose]() {} } as unknown as CodeRegion;
  };
  const host = {
    platform: "linux",
    arch: "x64",
    map: region,
    ffi: {
      addressOf(view: Uint8Array) {
        const address = BigInt(4096 * (views.size + 1));
        views.set(address, view);
        return address;
      },
      bind: () => () => 0n,
    },
  };
  return host as unknown as NativeHost;
}

const bit = (...bits: readonly number[]) => bits.reduce((sum, one) => (sum | (1 << one)) >>> 0, 0);
const [osxsave, avx, f16c, fma] = [27, 28, 29, 12];
/** An AVX-512 processor with AMX. */
const wide = {
  "0.0": [7, 0, 0, 0],
  "1.0": [0, 0, bit(osxsave, avx, f16c, fma), 0],
  "7.0": [1, bit(3, 5, 8, 16, 17, 30, 31), bit(11), bit(24, 25)],
  "7.1": [bit(5), 0, 0, 0],
} as const;

describe("readX64Features", () => {
  const general = ["bmi1", "bmi2"];
  const vector = ["avx", "fma", ...general, "f16c", "avx2"];
  const wideVector = ["avx512f", "avx512dq", "avx512bw", "avx512vl", "avx512vnni", "avx512bf16"];
  const tiles = ["amx-tile", "amx-int8"];

  it("takes what the processor has and the system saves", () => {
    const { usable, unsaved } = readX64Features(processor(wide, 0x602e7));
    expect([...usable]).toEqual([...vector, ...wideVector, ...tiles]);
    expect([...unsaved]).toEqual([]);
  });

  it("sets apart what the system does not save", () => {
    const { usable, unsaved } = readX64Features(processor(wide, 0x7));
    expect([...usable]).toEqual(vector);
    expect([...unsaved]).toEqual([...wideVector, ...tiles]);
  });

  it("asks XGETBV only where the system has set OSXSAVE", () => {
    const { usable, unsaved } = readX64Features(processor({ ...wide, "1.0": [0, 0, bit(avx, f16c, fma), 0] }, 0x602e7));
    expect([...usable]).toEqual(general);
    expect(unsaved.has("avx2")).toBe(true);
  });

  it("reads no leaf and no subleaf beyond the last one", () => {
    const oneLeaf = readX64Features(processor({ ...wide, "0.0": [1, 0, 0, 0] }, 0x602e7));
    expect([...oneLeaf.usable]).toEqual(["avx", "fma", "f16c"]);
    const oneSubleaf = readX64Features(
      processor({ ...wide, "7.0": [0, ...wide["7.0"].slice(1)] as unknown as Registers }, 0xe7),
    );
    expect(oneSubleaf.usable.has("avx512vnni")).toBe(true);
    expect(oneSubleaf.usable.has("avx512bf16")).toBe(false);
  });

  it("gives no tiles where Linux does not lend them", () => {
    const host = processor(wide, 0x602e7);
    const refusing = { ...host, ffi: { ...host.ffi, bind: () => () => 0xffff_ffff_ffff_ffffn } };
    const { usable, unsaved } = readX64Features(refusing);
    expect([...usable]).toEqual([...vector, ...wideVector]);
    expect([...unsaved]).toEqual(tiles);
  });
});
