import type { Instruction } from "./instructions.ts";
import { rowOf } from "./row.ts";

/** An instruction as GNU as and LLVM read it. Distances of branches are from the instruction, unless a name is given. */
export function print({ mnemonic, operands }: Instruction, target?: string): string {
  return rowOf(mnemonic)
    .text.map((piece) => {
      if (typeof piece === "string") return piece;
      const value = operands[piece.operand] as number;
      const text = piece.kind.print(value);
      return target !== undefined && text.startsWith(".") ? target : text;
    })
    .join("");
}
