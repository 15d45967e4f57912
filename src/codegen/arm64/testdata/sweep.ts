import type { Instruction, Mnemonic } from "../instructions.ts";
import { instructions } from "../instructions.ts";
import { print } from "../print.ts";
import { rowOf } from "../row.ts";

/** All mnemonics, in the order of the table. */
export const mnemonics = Object.keys(instructions) as Mnemonic[];

/** Instructions of one row that together reach every bit of every field, with other operands beside each. */
export function sweep(mnemonic: Mnemonic): Instruction[] {
  const { fields } = rowOf(mnemonic);
  const samples = fields.map(({ kind, width }) => kind.samples(width));
  const most = Math.max(1, ...samples.map(({ length }) => length));
  return Array.from({ length: most }, (_, turn) => ({
    mnemonic,
    operands: samples.map((values, i) => values[(turn + 7 * i) % values.length] as number),
  }));
}

/** The text that an assembler gets for a sweep of all rows. */
export function sweepSource(): string {
  const lines = mnemonics.flatMap((mnemonic) => sweep(mnemonic).map((instruction) => print(instruction)));
  return `.arch armv8.6-a+sve2+i8mm+fp16\n.text\n${lines.join("\n")}\n`;
}
