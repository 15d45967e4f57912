/** One instruction as bytes: legacy, VEX or EVEX. */
import { invariant } from "../../tensor/errors.ts";
import type { Form } from "./form.ts";
import { bytesOf } from "./form.ts";
import type { Instruction } from "./match.ts";
import type { Mem, Pool } from "./operand.ts";
import { isLabel, isReg } from "./operand.ts";
import type { Reg } from "./registers.ts";

/** An instruction's bytes. Where it reads the pool, the displacement is still to be filled in. */
export interface Encoded {
  readonly bytes: number[];
  /** Where the 4 bytes of the displacement start, and the offset in the pool that they stand for. */
  readonly fixup?: { readonly at: number; readonly pool: number };
}

/** The operands by the place that they take in the encoding. */
interface Fields {
  reg: number;
  rm: Reg | Mem | Pool | undefined;
  vvvv: number;
  readonly immediate: number[];
}

const byteRegister = (register: Reg | undefined) => register?.kind === "gpr" && register.id >= 4;

function littleEndian(value: number, bytes: number): number[] {
  const rest = BigInt.asUintN(64, BigInt(value));
  return Array.from({ length: bytes }, (_, at) => Number((rest >> BigInt(8 * at)) & 0xffn));
}

function assignFields({ form, operands }: Instruction): Fields {
  const fields: Fields = {
    reg: typeof form.modrm === "number" ? form.modrm : 0,
    rm: undefined,
    vvvv: 0,
    immediate: [],
  };
  form.shapes.forEach(({ slot, size }, at) => {
    const operand = operands[at];
    if (operand === undefined || slot === "implied" || slot === "label") return;
    if (typeof operand === "number") {
      const bytes = size === "bs" ? 1 : size === "z" ? 4 : bytesOf(size, 0);
      fields.immediate.push(...littleEndian(operand, bytes));
    } else if (!isLabel(operand) && !isReg(operand)) fields.rm = operand;
    else if (isReg(operand)) assignRegister(fields, slot, operand);
  });
  return fields;
}

function assignRegister(fields: Fields, slot: string, operand: Reg): void {
  if (slot === "reg") fields.reg = operand.id;
  else if (slot === "vvvv") fields.vvvv = operand.id;
  else if (slot === "is4") fields.immediate.push(operand.id << 4);
  else fields.rm = operand;
}

const scaleBits = { 1: 0, 2: 1, 4: 2, 8: 3 } as const;

/** ModRM with SIB and displacement. A disp8 counts in units of `unit` bytes. */
function modrmBytes(reg: number, rm: Reg | Mem | Pool, unit: number): number[] {
  const high = (reg & 7) << 3;
  if ("kind" in rm) return [0xc0 | high | (rm.id & 7)];
  if ("pool" in rm) return [high | 5, 0, 0, 0, 0];
  const { base, index, scale = 1, disp } = rm;
  invariant(base.kind === "gpr" && (index?.kind !== "gpr" || index.id !== 4), "a base is a gpr, and rsp is no index.");
  const short = disp % unit === 0 && disp / unit >= -128 && disp / unit <= 127;
  const mod = disp === 0 && (base.id & 7) !== 5 ? 0 : short ? 1 : 2;
  invariant(Math.abs(disp) < 2 ** 31, `a displacement has 32 bits, not ${disp}.`);
  const tail = mod === 0 ? [] : mod === 1 ? [(disp / unit) & 0xff] : littleEndian(disp, 4);
  const head = (mod << 6) | high;
  if (index === undefined && (base.id & 7) !== 4) return [head | (base.id & 7), ...tail];
  const sib = (scaleBits[scale] << 6) | (((index?.id ?? 4) & 7) << 3) | (base.id & 7);
  return [head | 4, sib, ...tail];
}

/** Bit 3 of the numbers that ModRM and SIB hold (and bit 4 of a register in ModRM.rm, which X holds): 0 or 1. */
function extensions(rm: Fields["rm"]) {
  if (rm === undefined || "pool" in rm) return { x: 0, b: 0, indexHigh: 0 };
  if ("kind" in rm) return { x: (rm.id >> 4) & 1, b: (rm.id >> 3) & 1, indexHigh: 0 };
  const index = rm.index?.id ?? 0;
  return { x: (index >> 3) & 1, b: (rm.base.id >> 3) & 1, indexHigh: index >> 4 };
}

const wOf = (form: Form, width: number): number => (form.w === "y" ? Number(width === 64) : form.w);
const lengthBits = (form: Form, width: number): number =>
  ({ 256: 1, 512: 2 })[form.length === "x" ? width : form.length] ?? 0;

function vexPrefix({ form, width }: Instruction, { reg, rm, vvvv }: Fields): number[] {
  const { x, b } = extensions(rm);
  const w = wOf(form, width);
  const r = (reg >> 3) & 1;
  const last = ((~vvvv & 15) << 3) | (lengthBits(form, width) << 2) | form.prefix;
  if (x === 0 && b === 0 && w === 0 && form.map === 1) return [0xc5, ((r ^ 1) << 7) | last];
  return [0xc4, ((r ^ 1) << 7) | ((x ^ 1) << 6) | ((b ^ 1) << 5) | form.map, (w << 7) | last];
}

function evexPrefix(instruction: Instruction, { reg, rm, vvvv }: Fields): number[] {
  const { form, width, mask, zeroing } = instruction;
  const { x, b, indexHigh } = extensions(rm);
  const broadcast = rm !== undefined && "broadcast" in rm && rm.broadcast === true;
  const high = (vvvv >> 4) | indexHigh;
  return [
    0x62,
    ((~reg & 8) << 4) | ((x ^ 1) << 6) | ((b ^ 1) << 5) | ((~reg & 16) << 0) | form.map,
    (wOf(form, width) << 7) | ((~vvvv & 15) << 3) | 4 | form.prefix,
    (Number(zeroing) << 7) |
      (lengthBits(form, width) << 5) |
      (Number(broadcast) << 4) |
      ((high ^ 1) << 3) |
      (mask?.id ?? 0),
  ];
}

function legacyPrefix({ form, width, operands }: Instruction, { reg, rm }: Fields): number[] {
  const { x, b } = extensions(rm);
  const rex = (wOf(form, width) << 3) | (((reg >> 3) & 1) << 2) | (x << 1) | b;
  const bytes = form.shapes.some(({ size, register }, at) => {
    const operand = operands[at];
    return (
      size === "b" &&
      register === "gpr" &&
      operand !== undefined &&
      typeof operand === "object" &&
      isReg(operand) &&
      byteRegister(operand)
    );
  });
  const prefix = form.prefix === 0 ? [] : [[0x66, 0xf3, 0xf2][form.prefix - 1] ?? 0];
  return [...prefix, ...(rex !== 0 || bytes ? [0x40 | rex] : []), ...(form.map === 0 ? [] : [0x0f])];
}

/** The size of a memory operand, which an EVEX displacement of 8 bits counts in. */
function displacementUnit({ form, width }: Instruction, rm: Mem | Pool): number {
  if (form.space !== "evex") return 1;
  if (rm.broadcast === true) return form.broadcast;
  const shape = form.shapes.find(({ memory }) => memory !== false);
  return bytesOf(shape?.size ?? "", width) || 1;
}

/** Encodes one instruction; a jump to a label only gets its opcode, since its displacement depends on the code between. */
export function encode(instruction: Instruction): Encoded {
  const { form } = instruction;
  const fields = assignFields(instruction);
  const { rm } = fields;
  const prefix = { legacy: legacyPrefix, vex: vexPrefix, evex: evexPrefix }[form.space](instruction, fields);
  const inOpcode = form.modrm === "none" && rm !== undefined && "id" in rm ? rm.id & 7 : 0;
  const bytes = [...prefix, form.opcode | inOpcode, ...form.trailing];
  if (form.modrm === "none" || rm === undefined) {
    if (form.modrm !== "none") bytes.push(0xc0 | ((fields.reg & 7) << 3));
    bytes.push(...fields.immediate);
    return { bytes };
  }
  const at = bytes.length + 1;
  bytes.push(...modrmBytes(fields.reg, rm, "kind" in rm ? 1 : displacementUnit(instruction, rm)), ...fields.immediate);
  return "pool" in rm ? { bytes, fixup: { at, pool: rm.pool } } : { bytes };
}
