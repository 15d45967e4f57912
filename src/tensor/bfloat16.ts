/** bfloat16, the upper half of an f32: 1 sign, 8 exponent, 7 mantissa bits. */
import { magnitudeEncoder, signBit } from "./small-float.ts";

const encodeMagnitude = magnitudeEncoder({ exponentBits: 8, mantissaBits: 7, bias: 127 });

/** Halfway from the greatest finite value to the one that would follow. */
const overflow = (2 - 2 ** -8) * 2 ** 127;

/** The bf16 bits of a number, rounded once to nearest, ties to even; infinite when it overflows. Every NaN becomes 0x7fc0. */
export function bfloat16Bits(value: number): number {
  if (Number.isNaN(value)) return 0x7fc0;
  const magnitude = Math.abs(value);
  return signBit(value) * 0x8000 + (magnitude < overflow ? encodeMagnitude(magnitude) : 0x7f80);
}

/** The numbers that bf16 bits stand for, exactly. */
export function decodeBfloat16(bits: Uint16Array): Float32Array {
  const out = new Uint32Array(bits.length);
  for (let i = 0; i < out.length; i++) out[i] = bits[i]! << 16;
  return new Float32Array(out.buffer);
}

/** The bf16 bits of each number (see bfloat16Bits). */
export function encodeBfloat16(values: ArrayLike<number>): Uint16Array {
  const out = new Uint16Array(values.length);
  for (let i = 0; i < out.length; i++) out[i] = bfloat16Bits(values[i]!);
  return out;
}
