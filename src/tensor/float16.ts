/** IEEE half precision: 1 sign, 5 exponent, 10 mantissa bits. */
import type { FloatFormat } from "./small-float.ts";
import { finiteValue, magnitudeEncoder, signBit } from "./small-float.ts";

const format: FloatFormat = { exponentBits: 5, mantissaBits: 10, bias: 15 };
const encodeMagnitude = magnitudeEncoder(format);

/** The f16 bits of a number, rounded once to nearest, ties to even; infinite from 65520 on. Every NaN becomes 0x7e00. */
export function float16Bits(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const magnitude = Math.abs(value);
  return signBit(value) * 0x8000 + (magnitude < 65520 ? encodeMagnitude(magnitude) : 0x7c00);
}

/** The number that f16 bits stand for. */
export function float16Value(bits: number): number {
  if ((bits & 0x7c00) !== 0x7c00) return finiteValue(bits, format);
  if ((bits & 0x3ff) !== 0) return Number.NaN;
  return bits >= 0x8000 ? -Infinity : Infinity;
}

let table: Float32Array | undefined;

/** The values of all 65,536 patterns, made on first use. */
function valueTable(): Float32Array {
  table ??= Float32Array.from({ length: 0x10000 }, (_, bits) => float16Value(bits));
  return table;
}

/** The numbers that f16 bits stand for, exactly. */
export function decodeFloat16(bits: Uint16Array): Float32Array {
  const values = valueTable();
  const out = new Float32Array(bits.length);
  for (let i = 0; i < out.length; i++) out[i] = values[bits[i]!]!;
  return out;
}

/** The f16 bits of each number (see float16Bits). */
export function encodeFloat16(values: ArrayLike<number>): Uint16Array {
  const out = new Uint16Array(values.length);
  for (let i = 0; i < out.length; i++) out[i] = float16Bits(values[i]!);
  return out;
}
