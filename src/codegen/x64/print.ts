/** Prints what an assembler holds as text for GNU as (Intel syntax), which llvm-mca reads too. */
import type { Item } from "./assembler.ts";
import { poolAlignment } from "./constant-pool.ts";
import type { Shape } from "./form.ts";
import { bytesOf } from "./form.ts";
import { formsOf } from "./instructions.ts";
import type { Instruction } from "./match.ts";
import type { Mem, Operand, Pool } from "./operand.ts";
import { isLabel, isMem, isReg } from "./operand.ts";
import type { Reg } from "./registers.ts";
import { gprName, vecName } from "./registers.ts";

const pointers: Readonly<Record<number, string>> = {
  1: "byte",
  2: "word",
  4: "dword",
  8: "qword",
  16: "xmmword",
  32: "ymmword",
  64: "zmmword",
};

/** Elements that a broadcast serves: as many as fit the operand. */
function broadcastText({ form, width }: Instruction, shape: Shape): string {
  return `{1to${bytesOf(shape, width) / form.broadcast}}`;
}

function registerText({ kind, id }: Reg, shape: Shape, { form, width }: Instruction): string {
  if (kind === "mask") return `k${id}`;
  if (kind === "tile") return `tmm${id}`;
  const bits = 8 * bytesOf(shape, width);
  if (kind === "vec") return vecName(id, bits);
  return gprName(id, form.space === "legacy" ? bits : Math.max(32, bits));
}

function addressText(operand: Mem | Pool, width: number): string {
  if (!isMem(operand)) return `[rip + .Lpool + ${operand.pool}]`;
  const { base, index, scale = 1, disp } = operand;
  const parts = [gprName(base.id, 64)];
  if (index !== undefined)
    parts.push(`${scale}*${index.kind === "vec" ? vecName(index.id, width) : gprName(index.id, 64)}`);
  const sum = parts.join(" + ");
  return disp === 0 ? `[${sum}]` : `[${sum} ${disp < 0 ? "-" : "+"} ${Math.abs(disp)}]`;
}

function operandText(operand: Operand, shape: Shape, instruction: Instruction): string {
  if (typeof operand === "number") return String(operand);
  if (isLabel(operand)) return `.L${operand.label}`;
  if (isReg(operand)) return registerText(operand, shape, instruction);
  const address = addressText(operand, instruction.width);
  const spread = operand.broadcast === true;
  const pointer = pointers[spread ? instruction.form.broadcast : bytesOf(shape, instruction.width)];
  return `${pointer === undefined ? "" : `${pointer} ptr `}${address}${spread ? broadcastText(instruction, shape) : ""}`;
}

/** Says so where as would choose the other of VEX and EVEX. */
function encodingText({ mnemonic, form, mask, width, operands }: Instruction): string {
  const forms = formsOf(mnemonic);
  const both = forms.some(({ space }) => space === "vex") && forms.some(({ space }) => space === "evex");
  if (!both) return "";
  if (form.space === "vex") return forms[0]?.space === "evex" ? "{vex} " : "";
  const needed = (operand: Operand) =>
    typeof operand === "object" &&
    ((isReg(operand) && (operand.kind === "mask" || operand.id > 15)) || "broadcast" in operand);
  const free = forms[0]?.space === "vex" && mask === undefined && width !== 512 && !operands.some(needed);
  return free ? "{evex} " : "";
}

/** One instruction, without indentation. */
export function printInstruction(instruction: Instruction): string {
  const { mnemonic, form, mask, zeroing, operands } = instruction;
  const texts = operands.flatMap((operand, at) => {
    const shape = form.shapes[at];
    return shape === undefined ? [] : [operandText(operand, shape, instruction)];
  });
  if (mask !== undefined) texts[0] += `{k${mask.id}}${zeroing ? "{z}" : ""}`;
  return `${encodingText(instruction)}${mnemonic}${texts.length === 0 ? "" : ` ${texts.join(", ")}`}`;
}

function printItem(item: Item): string {
  if ("bind" in item) return `.L${item.bind.label}:`;
  if ("align" in item) return `  .p2align ${Math.log2(item.align)}`;
  return `  ${printInstruction(item)}`;
}

function printPool(pool: readonly number[]): string[] {
  const words = Array.from({ length: Math.ceil(pool.length / 4) }, (_, word) =>
    [3, 2, 1, 0].map((at) => (pool[4 * word + at] ?? 0).toString(16).padStart(2, "0")).join(""),
  );
  const lines = Array.from({ length: Math.ceil(words.length / 4) }, (_, line) =>
    words.slice(4 * line, 4 * line + 4).map((word) => `0x${word}`),
  );
  return [`  .p2align ${Math.log2(poolAlignment)}, 0`, ".Lpool:", ...lines.map((line) => `  .long ${line.join(", ")}`)];
}

/** The whole function: the code, then the constants. */
export function print({ items, pool }: { readonly items: readonly Item[]; readonly pool: readonly number[] }): string {
  const lines = ["  .intel_syntax noprefix", ...items.map(printItem), ...(pool.length === 0 ? [] : printPool(pool))];
  return `${lines.join("\n")}\n`;
}
