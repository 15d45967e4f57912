import { describe, expect, it, vi } from "vitest";
import { hostSettings } from "./host-settings.ts";
import { probeTargets } from "./probe-targets.ts";

const names = ["eval", "wasm-simd128", "wasm-relaxed", "x64-avx2", "x64-avx512", "arm64-neon", "arm64-sve2"];

describe("probeTargets", () => {
  it("lists every target once, available or with a code and a sentence", () => {
    const { targets } = probeTargets({ settings: { native: "auto", target: undefined } });
    expect(targets.map(({ name }) => name)).toEqual(names);
    for (const one of targets.filter(({ available }) => !available)) {
      expect(one).toMatchObject({
        code: expect.stringMatching(/^[A-Z_]+$/),
        reason: expect.stringMatching(/^[A-Zax].*\.$/),
      });
    }
  });

  it("leaves only the target that LANEWISE_TARGET chooses", () => {
    for (const target of ["eval", "wasm-simd128"]) {
      const { targets } = probeTargets({ settings: { native: "auto", target } });
      expect(targets.filter(({ available }) => available).map(({ name }) => name)).toEqual([target]);
    }
  });

  it("refuses a LANEWISE_TARGET that is none", () => {
    expect(() => probeTargets({ settings: { native: "auto", target: "x64-sse2" } })).toThrow(
      `LANEWISE_TARGET is "x64-sse2", and the targets are auto, ${names.join(", ")}.`,
    );
  });
});

describe("hostSettings", () => {
  it("takes unset, empty and auto for nothing said", () => {
    const nothing = { native: "auto", target: undefined };
    expect(hostSettings({})).toEqual(nothing);
    expect(hostSettings({ LANEWISE_NATIVE: "", LANEWISE_TARGET: "" })).toEqual(nothing);
    expect(hostSettings({ LANEWISE_NATIVE: "auto", LANEWISE_TARGET: "auto" })).toEqual(nothing);
  });

  it("reads both variables", () => {
    expect(hostSettings({ LANEWISE_NATIVE: "force", LANEWISE_TARGET: "x64-avx2" })).toEqual({
      native: "force",
      target: "x64-avx2",
    });
  });

  it("refuses a use that is none", () => {
    expect(() => hostSettings({ LANEWISE_NATIVE: "yes" })).toThrow(
      'LANEWISE_NATIVE is "yes"; set it to one of auto, off, force, or to nothing.',
    );
  });

  it("does not make Deno ask for what it may not read", () => {
    const allowed = new Set(["LANEWISE_TARGET"]);
    const querySync = ({ variable }: { readonly variable: string }) => ({
      state: allowed.has(variable) ? "granted" : "prompt",
    });
    vi.stubGlobal("Deno", { permissions: { querySync } });
    try {
      expect(hostSettings({ LANEWISE_NATIVE: "off", LANEWISE_TARGET: "eval" })).toEqual({
        native: "auto",
        target: "eval",
      });
    } finally {
      vi.unstubAllGlobals();
    }
  });
});
