import { baseTable } from "./table-base.ts";
import { neonTable } from "./table-neon.ts";
import { sveTable } from "./table-sve.ts";

/** All instructions that the code generator knows, by mnemonic; the notation is that of table-base.ts. */
export const instructions = { ...baseTable, ...neonTable, ...sveTable } as const;

export type Mnemonic = keyof typeof instructions;

/** A register number, an immediate, or a field of a fixed meaning (a condition, the size of a lane). */
export type Operand = number;

/** One instruction as data. Operands are in the order in which the text of the row first names them. */
export interface Instruction {
  readonly mnemonic: Mnemonic;
  readonly operands: readonly Operand[];
}
