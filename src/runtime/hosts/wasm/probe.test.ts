import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import type { WasmEngine } from "./probe.ts";
import { probeWasm } from "./probe.ts";

const codesOf = (engine: WasmEngine | undefined) =>
  probeWasm(engine).map((one) => [one.name, one.available ? "available" : one.code]);

const both = (simd128: string, relaxed: string) => [
  ["wasm-simd128", simd128],
  ["wasm-relaxed", relaxed],
];

/** An engine whose relaxed_madd does `madd`. */
function engineOf(madd: (a: number, b: number, c: number) => number): WasmEngine {
  class Instance {
    readonly exports: { readonly probe: () => void };
    constructor(_module: unknown, { env: { memory } }: { readonly env: { readonly memory: WebAssembly.Memory } }) {
      const lanes = new Float32Array(memory.buffer);
      const lane = (place: number, index: number) => lanes[place * 4 + index] ?? 0;
      const results = (index: number) => madd(lane(0, index), lane(1, index), lane(2, index));
      this.exports = { probe: () => lanes.set([0, 1, 2, 3].map(results), 12) };
    }
  }
  const { Memory, Global } = WebAssembly;
  return { validate: () => true, Module: class {}, Instance, Memory, Global } as unknown as WasmEngine;
}

/** Products of two floats are exact in doubles, and so is the sum that the probe asks for. */
const once = (a: number, b: number, c: number) => Math.fround(a * b + c);
const twice = (a: number, b: number, c: number) => Math.fround(Math.fround(a * b) + c);

function throws(message: string): new () => never {
  return class {
    constructor() {
      throw new Error(message);
    }
  } as new () => never;
}

describe("probeWasm", () => {
  const [v8Major = 0, v8Minor = 0] = process.versions.v8.split(".").map(Number);
  const hasRelaxed = v8Major > 11 || (v8Major === 11 && v8Minor >= 4);
  const fuses =
    process.arch === "arm64" || (existsSync("/proc/cpuinfo") && / fma /.test(readFileSync("/proc/cpuinfo", "utf8")));

  it("finds SIMD in this V8, and relaxed SIMD where V8 has it and the processor fuses", () => {
    const relaxed = fuses ? "available" : "NOT_FUSED";
    expect(codesOf(WebAssembly)).toEqual(both("available", hasRelaxed ? relaxed : "NO_RELAXED_SIMD"));
  });

  it("tells one rounding from two", () => {
    expect(codesOf(engineOf(once))).toEqual(both("available", "available"));
    expect(codesOf(engineOf(twice))).toEqual(both("available", "NOT_FUSED"));
    expect(codesOf(engineOf((a, b, c) => (a > 1 ? twice(a, b, c) : once(a, b, c))))).toEqual(
      both("available", "NOT_FUSED"),
    );
  });

  it("names what an engine lacks", () => {
    vi.stubGlobal("WebAssembly", undefined);
    try {
      expect(codesOf(undefined)).toEqual(both("NO_WASM", "NO_WASM"));
    } finally {
      vi.unstubAllGlobals();
    }
    expect(codesOf({ ...engineOf(once), validate: () => false })).toEqual(both("NO_SIMD", "NO_RELAXED_SIMD"));
  });

  it("passes on why modules and memories are refused", () => {
    for (const part of ["Module", "Memory", "Instance"]) {
      const engine = { ...engineOf(once), [part]: throws(`${part} disallowed by embedder`) };
      expect(codesOf(engine)).toEqual(both("NO_WASM", "NO_WASM"));
      expect(probeWasm(engine)[0]).toMatchObject({
        reason: expect.stringMatching(new RegExp(`\\(${part} disallowed by embedder\\).*'wasm-unsafe-eval'`)),
      });
    }
  });
});
