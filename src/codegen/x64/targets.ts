import type { Target } from "../../ir/target.ts";
import type { RegisterFile } from "../regalloc/machine-function.ts";

/** What a kernel may use of an x86-64 processor. */
export interface X64Target extends Target {
  /** Bits of a `vec`. */
  readonly vectorBits: 256 | 512;
  /** AVX-512 (F, BW, DQ, VL): 32 vector registers, and masks in registers of their own. */
  readonly evex: boolean;
}

/** AVX2, FMA, F16C and BMI2. */
export const x64Avx2: X64Target = {
  name: "x64-avx2",
  lanes: 8,
  fused: true,
  tileRegisters: 16,
  foldRegisters: 8,
  halves: true,
  depthSteps: 2,
  tiles: [
    { mr: 6, nv: 2 },
    { mr: 4, nv: 2 },
    { mr: 1, nv: 6 },
  ],
  features: new Set(),
  vectorBits: 256,
  evex: false,
};

/** AVX-512 with its byte, word, doubleword and short-vector extensions. */
export const x64Avx512: X64Target = {
  ...x64Avx2,
  name: "x64-avx512",
  lanes: 16,
  tileRegisters: 32,
  depthSteps: 1,
  tiles: [
    { mr: 14, nv: 2 },
    { mr: 8, nv: 3 },
    { mr: 1, nv: 4 },
  ],
  vectorBits: 512,
  evex: true,
};

export const x64Targets: readonly X64Target[] = [x64Avx2, x64Avx512];

const range = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, i) => first + i);

/** rdi and rsi hold the arena and the arguments throughout, rsp the frame; what a caller wants back comes last. */
const general = [0, 1, 2, 8, 9, 10, 11, 3, 5, 12, 13, 14, 15];

/** General-purpose registers that a function gives back as it found them. */
export const preserved: readonly number[] = [3, 5, 12, 13, 14, 15];

/** The registers of a target. k0 does not mask. */
export function registerFile({ evex, vectorBits }: X64Target): RegisterFile {
  return {
    registers: { gpr: general, vec: range(0, evex ? 31 : 15), mask: evex ? range(1, 7) : [] },
    slotBytes: { gpr: 8, vec: vectorBits / 8, mask: 8 },
  };
}
