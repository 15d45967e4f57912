import type { Target } from "../../ir/target.ts";

/** 128-bit vectors, in every AArch64 processor. */
export const arm64Neon: Target = {
  name: "arm64-neon",
  lanes: 4,
  fused: true,
  tileRegisters: 32,
  foldRegisters: 16,
  interleaves: true,
  halves: true,
  tiles: [
    { mr: 8, nv: 3 },
    { mr: 6, nv: 4 },
    { mr: 4, nv: 4 },
    { mr: 1, nv: 8 },
  ],
  features: new Set(),
};

/** Vectors of 128 to 2048 bits, a power of two that the machine knows: the same code for all of them. */
export const arm64Sve2: Target = {
  ...arm64Neon,
  name: "arm64-sve2",
  lanes: undefined,
  foldRegisters: 8,
};

export const arm64Targets: readonly Target[] = [arm64Neon, arm64Sve2];
