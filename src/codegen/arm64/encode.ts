import type { Instruction } from "./instructions.ts";
import { rowOf } from "./row.ts";

/** The 32-bit word of an instruction. Operands that do not fit their fields throw. */
export function encode({ mnemonic, operands }: Instruction): number {
  const { base, fields } = rowOf(mnemonic);
  if (operands.length !== fields.length)
    throw new RangeError(`Bug: ${mnemonic} takes ${fields.length} operands, got ${operands.length}.`);
  let word = base;
  for (let i = 0; i < fields.length; i++) {
    const { kind, width, segments, letter } = fields[i] as (typeof fields)[number];
    const value = operands[i] as number;
    const field = kind.encode(value, width);
    if (field === undefined) throw new RangeError(`Bug: ${mnemonic}: ${value} does not fit operand ${i} (${letter}).`);
    for (const { at, from, width: bits } of segments) word |= ((field >>> from) & (2 ** bits - 1)) << at;
  }
  return word >>> 0;
}
