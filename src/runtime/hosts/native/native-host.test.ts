import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import type { NodeProcess } from "../current-process.ts";
import { currentProcess } from "../current-process.ts";
import { nativeHostOn, openNativeHost } from "./native-host.ts";
import { stub } from "./testdata/stubs.ts";

const host = openNativeHost();
const words = (count: number) => new BigInt64Array(new ArrayBuffer(count * 8));
const addressOf = (view: ArrayBufferView) => host.ffi.addressOf(new Uint8Array(view.buffer));

/** The mappings of this process as Linux lists them: from, to, permissions. */
function mappings() {
  return readFileSync("/proc/self/maps", "utf8")
    .trim()
    .split("\n")
    .map((line) => {
      const [, from = "0", to = "0", access = ""] = /^([0-9a-f]+)-([0-9a-f]+) (\S+)/.exec(line) ?? [];
      return { from: BigInt(`0x${from}`), to: BigInt(`0x${to}`), access };
    });
}

const accessAt = (address: bigint) => mappings().find(({ from, to }) => from <= address && address < to)?.access;

describe("the native host", () => {
  it("opens by koffi on Node, by its own interface elsewhere", () => {
    expect(host.ffi.name).toBe("koffi");
    expect(host.arch).toBe(process.arch);
  });

  it("calls code with its two arguments and hands back what it returns", () => {
    using zero = host.map(stub("zero"));
    using seven = host.map(stub("seven"));
    using store = host.map(stub("storeContext"));
    const seen = words(1);
    expect(zero.entry(0)(0n, addressOf(seen))).toBe(0);
    expect(seven.entry(0)(0n, addressOf(seen))).toBe(7);
    expect(store.entry(0)(0x7fff_1234_5678_9abcn, addressOf(seen))).toBe(0);
    expect(seen[0]).toBe(0x7fff_1234_5678_9abcn);
  });

  it("enters a region anywhere", () => {
    const code = new Uint8Array(64 + stub("seven").length);
    code.set(stub("zero"));
    code.set(stub("seven"), 64);
    using region = host.map(code);
    expect(region.entry(64)(0n, 1n)).toBe(7);
    expect(() => region.entry(code.length)).toThrow(`code of ${code.length} bytes has no entry at ${code.length}`);
  });

  it("sees the bytes of a WebAssembly memory, shared or not, before and after it grows", () => {
    using increment = host.map(stub("increment"));
    const call = increment.entry(0);
    for (const shared of [true, false]) {
      const memory = new WebAssembly.Memory({ initial: 1, maximum: 200, shared });
      const native = host.memory(memory);
      const { base } = native;
      call(0n, base + 65_532n);
      expect(new Int32Array(memory.buffer)[16_383]).toBe(1);
      memory.grow(150);
      call(0n, native.base + 150n * 65_536n);
      expect(new Int32Array(memory.buffer)[150 * 16_384]).toBe(1);
      call(0n, native.base + 65_532n);
      expect(new Int32Array(memory.buffer)[16_383]).toBe(2);
    }
  });
});

describe.skipIf(!existsSync("/proc/self/maps"))("a code region, as Linux sees it", () => {
  it("is readable and executable, never writable, and ends at an inaccessible page", () => {
    const pageSize = host.pages.size;
    const code = new Uint8Array(pageSize + 5);
    code.set(stub("zero"));
    using region = host.map(code);
    expect(region.base % BigInt(pageSize)).toBe(0n);
    expect(accessAt(region.base)).toBe("r-xp");
    expect(accessAt(region.base + BigInt(2 * pageSize) - 1n)).toBe("r-xp");
    expect(accessAt(region.base + BigInt(2 * pageSize))).toBe("---p");
    expect(accessAt(region.base + BigInt(3 * pageSize) - 1n)).toBe("---p");
  });

  it("is gone once it is disposed, guard page and all, and refuses calls", () => {
    const region = host.map(stub("zero"));
    const call = region.entry(0);
    const { base } = region;
    region.dispose();
    region.dispose();
    for (const page of [0, 1]) expect(accessAt(base + BigInt(page * host.pages.size))).not.toBe("r-xp");
    expect(() => call(0n, 1n)).toThrow("This machine code is disposed");
  });

  it("makes no page of the process writable and executable that was not so before", () => {
    const writable = () => mappings().filter(({ access }) => access.startsWith("rwx")).length;
    const before = writable();
    using region = host.map(stub("zero"));
    expect(region.entry(0)(0n, 1n)).toBe(0);
    expect(writable()).toBe(before);
  });

  it("leaves nothing behind when the system lets no page become executable", () => {
    const { ffi } = host;
    const freed: bigint[][] = [];
    const denied = nativeHostOn(
      {
        ...ffi,
        bind: (library, symbol, arity) => {
          const real = ffi.bind(library, symbol, arity);
          if (symbol === "mprotect") return () => 0xffff_ffffn;
          if (symbol !== "munmap") return real;
          return (...args) => {
            freed.push([...args]);
            return real(...args);
          };
        },
      },
      host,
    );
    expect(() => denied.map(stub("zero"))).toThrow(
      expect.objectContaining({ name: "TargetError", refusal: "EXEC_DENIED" }),
    );
    expect(freed).toHaveLength(1);
    expect(accessAt(freed[0]?.[0] ?? 0n)).toBeUndefined();
  });
});

describe("a native host that cannot be had", () => {
  const real = currentProcess();

  it("is refused in a browser", () => {
    const open = () => {
      vi.stubGlobal("process", undefined);
      try {
        return openNativeHost();
      } finally {
        vi.unstubAllGlobals();
      }
    };
    expect(open).toThrow(expect.objectContaining({ refusal: "NO_FFI", message: expect.stringContaining("Browsers") }));
  });

  it("is refused where neither koffi nor node:ffi is", () => {
    const bare = {
      ...real,
      platform: process.platform,
      arch: process.arch,
      versions: { node: "20.19.0" },
      getBuiltinModule: (name: string) =>
        name === "node:module"
          ? {
              createRequire: () =>
                Object.assign(() => {}, {
                  resolve: () => {
                    throw new Error("not found");
                  },
                }),
            }
          : undefined,
    } as unknown as NodeProcess;
    expect(() => openNativeHost(bare)).toThrow(
      expect.objectContaining({ refusal: "NO_FFI", message: expect.stringContaining("npm install koffi") }),
    );
  });
});
