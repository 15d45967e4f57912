/** What the registers are for in kernels. */
import type { RegisterFile } from "../regalloc/machine-function.ts";

/** Registers with one meaning throughout a kernel. x18 belongs to the platform. */
export const fixed = {
  /** The absolute address of the arena. */
  base: 0,
  /** The absolute address of the argument block; on entry its offset. */
  args: 1,
  begin: 2,
  end: 3,
  /** The absolute address of the scratch; on entry its offset. */
  scratch: 4,
  /** For use within one group of instructions. */
  temporary: 16,
  other: 17,
  /** The frame, where spilled vectors make its size unknown. */
  frame: 29,
  sp: 31,
  zero: 31,
  /** All true. */
  allTrue: 7,
  /** A predicate that nobody reads. */
  spare: 15,
} as const;

const range = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, i) => first + i);

/** Those that a caller does not need come first. A slot is 16 bytes, or a vector where its length is unknown. */
export const registerFile: RegisterFile = {
  registers: {
    gpr: [...range(5, 15), 2, 3, ...range(19, 28)],
    vec: [...range(0, 7), ...range(16, 31), ...range(8, 15)],
    mask: range(0, 6),
  },
  slotBytes: { gpr: 16, vec: 16, mask: 16 },
};

/** Whether a caller finds the register as it was: of vectors the low 64 bits. */
export const isPreserved = {
  gpr: (id: number): boolean => id >= 19 && id <= 28,
  vec: (id: number): boolean => id >= 8 && id <= 15,
};
