/** Instructions that make constants. */
import type { Line, Ref } from "./code-builder.ts";
import { floatBits, isFloat8, maskImmediate } from "./immediates.ts";
import { fixed } from "./registers.ts";

/** An i32 in a general-purpose register, zero-extended. `to` is the register, by reference or number. */
export function integerLines(to: Ref | number, value: number): Line[] {
  const [low, high] = [value & 0xffff, (value >>> 16) & 0xffff];
  if (high === 0) return [["movz_w", to, low, 0]];
  if (low === 0) return [["movz_w", to, high, 16]];
  if (high === 0xffff) return [["movn_w", to, ~low & 0xffff, 0]];
  if (low === 0xffff) return [["movn_w", to, ~high & 0xffff, 16]];
  if (maskImmediate(value) !== undefined) return [["orr_wi", to, fixed.zero, value]];
  return [
    ["movz_w", to, low, 0],
    ["movk_w", to, high, 16],
  ];
}

/** An f32 in the low lane of a vector register. */
export function floatLines(to: Ref, value: number): Line[] {
  if (Object.is(value, 0)) return [["movi_16b", to, 0]];
  if (isFloat8(value)) return [["fmov_si", to, value]];
  return [["ldr_s_lit", to, bytesOf(floatBits(value))]];
}

/** Four bytes of a constant as a word, repeated where the lanes are narrower. */
export function wordOf(value: number, width: number): number {
  if (width === 4) return value | 0;
  return width === 2 ? Math.imul(value & 0xffff, 0x10001) : Math.imul(value & 0xff, 0x1010101);
}

/** 128 bits that repeat a word. */
export function quadLines(to: Ref, word: number): Line[] {
  const byte = word & 0xff;
  if (word === wordOf(byte, 1)) return [["movi_16b", to, byte]];
  for (const shift of [0, 8, 16, 24]) {
    if ((word & ~(0xff << shift)) === 0) return [["movi_4s", to, (word >>> shift) & 0xff, shift]];
    if ((~word & ~(0xff << shift)) === 0) return [["mvni_4s", to, (~word >>> shift) & 0xff, shift]];
  }
  const float = floatOf(word);
  if (isFloat8(float)) return [["fmov_4s", to, float]];
  return [["ldr_q_lit", to, bytesOf(word, word, word, word)]];
}

/** A scalable vector that repeats a word. */
export function vectorLines(to: Ref, word: number): Line[] {
  for (const [size, width] of [1, 2, 4].entries()) {
    const value = (word << (32 - 8 * width)) >> (32 - 8 * width);
    if (word === wordOf(value, width) && value >= -128 && value < 128) return [["dup_zi", to, size, value]];
  }
  const float = floatOf(word);
  if (isFloat8(float)) return [["fdup_zs", to, float]];
  return [
    ["adr", fixed.temporary, bytesOf(word)],
    ["ld1rw_zs", to, fixed.allTrue, fixed.temporary, 0],
  ];
}

/** Words as bytes, little-endian. */
export function bytesOf(...words: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * words.length);
  const view = new DataView(bytes.buffer);
  words.forEach((word, i) => void view.setInt32(4 * i, word, true));
  return bytes;
}

function floatOf(word: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setInt32(0, word);
  return view.getFloat32(0);
}
