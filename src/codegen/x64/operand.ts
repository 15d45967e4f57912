/** What an instruction takes: registers, memory, constants of the function's pool, immediates and labels. */
import type { Reg } from "./registers.ts";

/** [base + index · scale + disp]. */
export interface Mem {
  readonly base: Reg;
  /** Any general-purpose register but rsp; a vector register for gathers. */
  readonly index?: Reg;
  readonly scale?: 1 | 2 | 4 | 8;
  readonly disp: number;
  /** EVEX: one element of 32 or 64 bits is read, for all lanes. */
  readonly broadcast?: boolean;
}

/** A constant of the pool that follows the code: `pool` is its offset in bytes from the pool's start, addressed relative to rip. */
export interface Pool {
  readonly pool: number;
  readonly broadcast?: boolean;
}

/** A place in the code, made by `Assembler.label` and placed by `Assembler.bind`. */
export interface Label {
  readonly label: number;
}

/** A number is an immediate. */
export type Operand = Reg | Mem | Pool | Label | number;

export const isReg = (operand: Operand): operand is Reg => typeof operand === "object" && "kind" in operand;
export const isMem = (operand: Operand): operand is Mem => typeof operand === "object" && "base" in operand;
export const isPool = (operand: Operand): operand is Pool => typeof operand === "object" && "pool" in operand;
export const isLabel = (operand: Operand): operand is Label => typeof operand === "object" && "label" in operand;
export const isImmediate = (operand: Operand): operand is number => typeof operand === "number";

/** [base + disp]. */
export const mem = (base: Reg, disp = 0): Mem => ({ base, disp });

/** The same address or constant, read as one element for all lanes. */
export const broadcast = <M extends Mem | Pool>(memory: M): M => ({ ...memory, broadcast: true });
