/** Chooses the form of an instruction that fits its operands. */
import { invariant } from "../../tensor/errors.ts";
import type { Form, Shape } from "./form.ts";
import type { Mnemonic } from "./instructions.ts";
import { formsOf } from "./instructions.ts";
import type { Operand } from "./operand.ts";
import { isLabel, isMem, isReg } from "./operand.ts";
import type { Reg } from "./registers.ts";

/** What is said of an instruction beside its operands. */
export interface Options {
  /**
   * Bits of the vectors, 128, 256 or 512; of the general-purpose operands, 32 (the default) or 64, and 8 or 16 for stores and for what
   * movzx and movsx read. Not needed where the instruction leaves no choice.
   */
  readonly width?: number;
  /** EVEX: lanes whose bit is 0 keep what the destination held, or become 0 with `zeroing`. */
  readonly mask?: Reg;
  readonly zeroing?: boolean;
  /** Forces VEX or EVEX where an instruction has both, as AVX-VNNI and AVX512-VNNI do. */
  readonly encoding?: "vex" | "evex";
}

/** An instruction as it is kept until the code is written: data that the encoder and the printer read. */
export interface Instruction {
  readonly mnemonic: Mnemonic;
  readonly form: Form;
  /** In bits; 0 where it plays no part. */
  readonly width: number;
  readonly mask: Reg | undefined;
  readonly zeroing: boolean;
  readonly operands: readonly Operand[];
}

const inRange = (value: number, low: number, high: number) => Number.isInteger(value) && value >= low && value <= high;

/** Whether an immediate fits; with 32-bit operands the unsigned spelling of a negative number is the same number. */
function fitsImmediate(size: string, value: number, width: number): boolean {
  const signed = width === 32 && inRange(value, 2 ** 31, 2 ** 32 - 1) ? value - 2 ** 32 : value;
  if (size === "bs") return inRange(signed, -128, 127);
  if (size === "b") return inRange(value, -128, 255);
  if (size === "w") return inRange(value, -0x8000, 0xffff);
  if (size === "z") return inRange(signed, -(2 ** 31), 2 ** 31 - 1);
  if (size === "d") return inRange(value, -(2 ** 31), 2 ** 32 - 1);
  return Number.isSafeInteger(value);
}

function fitsRegister(shape: Shape, { kind, id }: Reg, form: Form): boolean {
  if (shape.register !== kind || (shape.slot === "implied" && id !== 0)) return false;
  return kind !== "vec" || id < 16 || form.space === "evex";
}

function fits(shape: Shape, operand: Operand, form: Form, width: number): boolean {
  if (typeof operand === "number") {
    if (shape.slot === "implied") return shape.register === undefined && operand === 1;
    return shape.slot === "immediate" && fitsImmediate(shape.size, operand, width);
  }
  if (isLabel(operand)) return shape.slot === "label";
  if (isReg(operand)) return fitsRegister(shape, operand, form);
  if (shape.memory === false) return false;
  if (operand.broadcast === true && form.broadcast === 0) return false;
  const index = isMem(operand) ? operand.index : undefined;
  if (shape.memory === "sib") return index?.kind === "gpr";
  if (shape.memory !== "vsib") return index?.kind !== "vec";
  return index?.kind === "vec" && (index.id < 16 || form.space === "evex");
}

function fitsAll(form: Form, operands: readonly Operand[], width: number): boolean {
  let at = 0;
  for (const shape of form.shapes) {
    const operand = operands[at++];
    if (operand === undefined || !fits(shape, operand, form, width)) return false;
  }
  return true;
}

/** The width that a form gets, or undefined where it has no such width. */
function widthOf({ widths, space, length }: Form, width: number | undefined): number | undefined {
  if (widths === undefined) return length === "x" ? width : Number(length);
  const wanted = width ?? (space === "legacy" || length !== "x" ? 32 : undefined);
  return wanted !== undefined && widths.includes(wanted) ? wanted : undefined;
}

function fitsOptions(form: Form, { mask, zeroing, encoding }: Options, operands: readonly Operand[]): boolean {
  if (encoding !== undefined && form.space !== encoding) return false;
  if (mask !== undefined && (!form.masked || mask.kind !== "mask" || mask.id === 0)) return false;
  const toMemory = operands[0] !== undefined && !isReg(operands[0]);
  return zeroing !== true || (form.zeroed && mask !== undefined && !toMemory);
}

/** The store form of a move between vectors, which exchanges the roles of ModRM.reg and ModRM.rm. */
const storeForm = (forms: readonly Form[], { map, shapes }: Form): Form | undefined =>
  forms.find((other) => {
    const [first, last] = [other.shapes[0], other.shapes.at(-1)];
    const exchanged = first?.slot === "rm" && first.register === "vec" && last?.slot === "reg";
    return exchanged && other.space === "vex" && other.map === map && other.shapes.length === shapes.length;
  });

/** VEX of two bytes cannot number ModRM.rm above 7: a move from there is shorter in its store form. */
function shorterMove(forms: readonly Form[], form: Form, operands: readonly Operand[]): Form {
  if (form.space !== "vex" || form.map !== 1 || form.w !== 0 || forms.length < 2) return form;
  const [to, from] = [operands[0], operands.at(-1)];
  if (to === undefined || from === undefined || !isReg(to) || !isReg(from)) return form;
  if (to.kind !== "vec" || from.kind !== "vec" || to.id > 7 || from.id < 8 || form.shapes[0]?.slot !== "reg")
    return form;
  return storeForm(forms, form) ?? form;
}

const describe = (operand: Operand) => (typeof operand === "object" ? JSON.stringify(operand) : String(operand));

/** The instruction with its form: the first that takes these operands. Throws a bug's error, with the forms, where there is none. */
export function matchForm(mnemonic: Mnemonic, options: Options, operands: readonly Operand[]): Instruction {
  const forms = formsOf(mnemonic);
  for (const form of forms) {
    if (form.shapes.length !== operands.length) continue;
    const width = widthOf(form, options.width);
    if (width === undefined || !fitsOptions(form, options, operands)) continue;
    if (!fitsAll(form, operands, width)) continue;
    const chosen = shorterMove(forms, form, operands);
    return { mnemonic, form: chosen, width, mask: options.mask, zeroing: options.zeroing ?? false, operands };
  }
  const given = `${JSON.stringify(options)} ${operands.map(describe).join(", ")}`;
  const rows = forms.map(({ row }) => row).join("; ");
  invariant(false, `no form of ${mnemonic} takes ${given}. Its forms: ${rows}.`);
}
