import type { Target } from "../../ir/target.ts";

/** 128-bit SIMD of WebAssembly; fma is a product and a sum. */
export const wasmSimd128: Target = {
  name: "wasm-simd128",
  lanes: 4,
  fused: false,
  tileRegisters: 15,
  foldRegisters: 8,
  tiles: [
    { mr: 6, nv: 2 },
    { mr: 4, nv: 2 },
    { mr: 1, nv: 4 },
  ],
  features: new Set(),
};

/** With relaxed SIMD, on engines whose relaxed_madd rounds once: a probe has to say so. */
export const wasmRelaxed: Target = { ...wasmSimd128, name: "wasm-relaxed", fused: true, depthSteps: 2 };

export const wasmTargets: readonly Target[] = [wasmSimd128, wasmRelaxed];
