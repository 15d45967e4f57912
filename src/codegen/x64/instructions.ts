/**
 * The instructions that kernels use, one row each, in the notation of the Intel manual: VEX or EVEX fields or legacy prefixes, the
 * opcode, what ModRM.reg holds and the immediate; after the colon the operands, in the codes of the manual's opcode maps:
 *
 * | code | operand | code | operand |
 * |---|---|---|---|
 * | V, G | vector, general register in ModRM.reg | H, B | the same in VEX.vvvv |
 * | W, E | vector, general register or memory in ModRM.rm | U, R | the same, register only |
 * | M, vm, sm | memory, with a vector of indices, with an index | L, Z | register in imm8, in the opcode |
 * | kG, kB, kE, kR; tG, tB, tR | mask and tile registers | I, J, rA, 1 | immediate, label, rax, one |
 *
 * Sizes: b w d q dq qq zz are 1 to 64 bytes, x is the vector's width, x/2 a part of it, y 32 or 64 bits, z an immediate of 32 bits,
 * bs a sign-extended byte. {k} and {z} say that masks and zeroing are allowed, m32bcst that one element of memory can serve all lanes.
 * The N of disp8*N is the size of the memory operand, or of its element: that is what the manual's tuple types say.
 */
import type { Form } from "./form.ts";
import { parseForms } from "./form.ts";
import { floatInstructions } from "./instructions-float.ts";
import { generalInstructions } from "./instructions-general.ts";
import { integerInstructions } from "./instructions-integer.ts";
import { maskInstructions } from "./instructions-mask.ts";
import { moveInstructions } from "./instructions-move.ts";

export const instructions = {
  ...generalInstructions,
  ...moveInstructions,
  ...floatInstructions,
  ...integerInstructions,
  ...maskInstructions,
} as const;

export type Mnemonic = keyof typeof instructions;

const parsed = new Map<Mnemonic, readonly Form[]>();

/** The forms of an instruction, best first. A row is parsed once, when it is first asked for. */
export function formsOf(mnemonic: Mnemonic): readonly Form[] {
  let forms = parsed.get(mnemonic);
  if (forms === undefined) {
    forms = parseForms(instructions[mnemonic]);
    parsed.set(mnemonic, forms);
  }
  return forms;
}
