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
  /** Whether one is a byte register that only REX can name: spl, bpl, sil, dil. */
  byteRegister: boolean;
  readonly immediate: number[];
}

const isByteRegister = (size: string, { kind, id }: Reg) => size === "b" && kind === "gpr" && id >= 4;

/** Appends a number, little-endian; it may be signed or not. */
function pushNumber(bytes: number[], value: number, count: number): void {
  const high = Math.floor(value / 2 ** 32);
  for (let at = 0; at < count; at++) bytes.push(((at < 4 ? value : high) >>> (8 * (at & 3))) & 0xff);
}

function assignFields({ form, operands }: Instruction): Fields {
  const reg = typeof form.modrm === "number" ? form.modrm : 0;
  const fields: Fields = { reg, rm: undefined, vvvv: 0, byteRegister: false, immediate: [] };
  let at = 0;
  for (const { slot, size, bytes } of form.shapes) {
    const operand = operands[at++];
    if (operand === undefined || slot === "implied" || slot === "label") continue;
    if (typeof operand === "number") {
      pushNumber(fields.immediate, operand, bytes);
    } else if (isReg(operand)) {
      assignRegister(fields, slot, operand);
      fields.byteRegister ||= form.space === "legacy" && isByteRegister(size, operand);
    } else if (!isLabel(operand)) fields.rm = operand;
  }
  return fields;
}

function assignRegister(fields: Fields, slot: string, operand: Reg): void {
  if (slot === "reg") fields.reg = operand.id;
  else if (slot === "vvvv") fields.vvvv = operand.id;
  else if (slot === "is4") fields.immediate.push(operand.id << 4);
  else fields.rm = operand;
}

const scaleBits = { 1: 0, 2: 1, 4: 2, 8: 3 } as const;

/** Appends ModRM with SIB and displacement of memory. A disp8 counts in units of `unit` bytes. */
function pushAddress(bytes: number[], high: number, { base, index, scale = 1, disp }: Mem, unit: number): void {
  invariant(base.kind === "gpr" && (index?.kind !== "gpr" || index.id !== 4), "a base is a gpr, and rsp is no index.");
  invariant(disp >= -(2 ** 31) && disp < 2 ** 31, `a displacement has 32 bits, not ${disp}.`);
  const short = disp % unit === 0 && disp / unit >= -128 && disp / unit <= 127;
  const mod = disp === 0 && (base.id & 7) !== 5 ? 0 : short ? 1 : 2;
  const head = (mod << 6) | high;
  if (index === undefined && (base.id & 7) !== 4) bytes.push(head | (base.id & 7));
  else bytes.push(head | 4, (scaleBits[scale] << 6) | (((index?.id ?? 4) & 7) << 3) | (base.id & 7));
  if (mod === 1) bytes.push((disp / unit) & 0xff);
  else if (mod === 2) pushNumber(bytes, disp, 4);
}

/** Bits 3 and 4 of the numbers in ModRM and SIB, which the prefixes hold. */
interface Extensions {
  /** Of the index; bit 4 of a vector in ModRM.rm. */
  readonly x: number;
  readonly b: number;
  readonly indexHigh: number;
}

const noExtensions: Extensions = { x: 0, b: 0, indexHigh: 0 };

function extensionsOf(rm: Fields["rm"]): Extensions {
  if (rm === undefined || "pool" in rm) return noExtensions;
  if ("kind" in rm) return { x: (rm.id >> 4) & 1, b: (rm.id >> 3) & 1, indexHigh: 0 };
  const index = rm.index?.id ?? 0;
  return { x: (index >> 3) & 1, b: (rm.base.id >> 3) & 1, indexHigh: index >> 4 };
}

const wOf = (form: Form, width: number): number => (form.w === "y" ? Number(width === 64) : form.w);

function lengthBits({ length }: Form, width: number): number {
  const bits = length === "x" ? width : length;
  return bits === 512 ? 2 : bits === 256 ? 1 : 0;
}

function pushVex(bytes: number[], { form, width }: Instruction, { reg, rm, vvvv }: Fields): void {
  const { x, b } = extensionsOf(rm);
  const w = wOf(form, width);
  const r = ((~reg >> 3) & 1) << 7;
  const last = ((~vvvv & 15) << 3) | (lengthBits(form, width) << 2) | form.prefix;
  if (x === 0 && b === 0 && w === 0 && form.map === 1) bytes.push(0xc5, r | last);
  else bytes.push(0xc4, r | ((x ^ 1) << 6) | ((b ^ 1) << 5) | form.map, (w << 7) | last);
}

function pushEvex(bytes: number[], instruction: Instruction, { reg, rm, vvvv }: Fields): void {
  const { form, width, mask, zeroing } = instruction;
  const { x, b, indexHigh } = extensionsOf(rm);
  const broadcast = rm !== undefined && "broadcast" in rm && rm.broadcast === true;
  const high = (vvvv >> 4) | indexHigh;
  bytes.push(
    0x62,
    ((~reg & 8) << 4) | ((x ^ 1) << 6) | ((b ^ 1) << 5) | (~reg & 16) | form.map,
    (wOf(form, width) << 7) | ((~vvvv & 15) << 3) | 4 | form.prefix,
    (Number(zeroing) << 7) |
      (lengthBits(form, width) << 5) |
      (Number(broadcast) << 4) |
      ((high ^ 1) << 3) |
      (mask?.id ?? 0),
  );
}

const legacyPrefixes = [0x66, 0xf3, 0xf2, 0xf0];

function pushLegacy(bytes: number[], { form, width }: Instruction, { reg, rm, byteRegister }: Fields): void {
  const { x, b } = extensionsOf(rm);
  const rex = (wOf(form, width) << 3) | (((reg >> 3) & 1) << 2) | (x << 1) | b;
  if (form.prefix > 0) bytes.push(legacyPrefixes[form.prefix - 1] ?? 0);
  if (rex !== 0 || byteRegister) bytes.push(0x40 | rex);
  if (form.map > 0) bytes.push(0x0f);
}

/** The size of a memory operand, which an EVEX displacement of 8 bits counts in. */
function displacementUnit({ form, width }: Instruction, { broadcast }: Mem): number {
  if (form.space !== "evex") return 1;
  if (broadcast === true) return form.broadcast;
  const shape = form.shapes.find(({ memory }) => memory !== false);
  return (shape !== undefined && bytesOf(shape, width)) || 1;
}

function pushModrm(bytes: number[], instruction: Instruction, { reg, rm }: Fields): void {
  const high = (reg & 7) << 3;
  if (rm === undefined) bytes.push(0xc0 | high);
  else if ("kind" in rm) bytes.push(0xc0 | high | (rm.id & 7));
  else if ("pool" in rm) bytes.push(high | 5, 0, 0, 0, 0);
  else pushAddress(bytes, high, rm, displacementUnit(instruction, rm));
}

/** Encodes one instruction but a jump to a label, whose displacement depends on the code between. */
export function encode(instruction: Instruction): Encoded {
  const { form } = instruction;
  const fields = assignFields(instruction);
  const { rm } = fields;
  const bytes: number[] = [];
  if (form.space === "vex") pushVex(bytes, instruction, fields);
  else if (form.space === "evex") pushEvex(bytes, instruction, fields);
  else pushLegacy(bytes, instruction, fields);
  const inOpcode = form.modrm === "none" && rm !== undefined && "id" in rm ? rm.id & 7 : 0;
  bytes.push(form.opcode | inOpcode);
  for (const byte of form.trailing) bytes.push(byte);
  const at = bytes.length + 1;
  if (form.modrm !== "none") pushModrm(bytes, instruction, fields);
  for (const byte of fields.immediate) bytes.push(byte);
  return rm !== undefined && "pool" in rm ? { bytes, fixup: { at, pool: rm.pool } } : { bytes };
}
