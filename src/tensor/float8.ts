/** The 8-bit floating-point types and f4e2m1: bits to numbers and back, as ONNX Cast defines it. */
import type { DType } from "./dtype.ts";
import type { FloatFormat } from "./small-float.ts";
import { finiteValue, magnitudeEncoder, signBit } from "./small-float.ts";

export type SmallFloat = Extract<DType, `f8${string}` | "f4e2m1">;

/** How numbers that a type cannot hold become bits. */
export interface Float8Options {
  /**
   * Beyond the greatest value: that value (the default), or else infinity where the type has one, NaN where it has none. f4e2m1
   * always saturates.
   */
  readonly saturate?: boolean;
  /** For f8e8m0, whose values are powers of two: away from zero ("up", the default), to zero, or to the nearest with ties up. */
  readonly roundMode?: "up" | "down" | "nearest";
}

interface Row extends FloatFormat {
  /**
   * Bits of the greatest finite value, of infinity or what stands for it, and of NaN; the sign is put in front of the first
   * two.
   */
  readonly greatest: number;
  readonly infinity: number;
  readonly nan: number;
  /** "fnuz": there is no negative zero, and its pattern is the only NaN. */
  readonly unsignedZero: boolean;
}

const rows: Record<Exclude<SmallFloat, "f8e8m0">, Row> = {
  f8e4m3fn: {
    exponentBits: 4,
    mantissaBits: 3,
    bias: 7,
    greatest: 0x7e,
    infinity: 0x7f,
    nan: 0x7f,
    unsignedZero: false,
  },
  f8e4m3fnuz: {
    exponentBits: 4,
    mantissaBits: 3,
    bias: 8,
    greatest: 0x7f,
    infinity: 0x80,
    nan: 0x80,
    unsignedZero: true,
  },
  f8e5m2: {
    exponentBits: 5,
    mantissaBits: 2,
    bias: 15,
    greatest: 0x7b,
    infinity: 0x7c,
    nan: 0x7e,
    unsignedZero: false,
  },
  f8e5m2fnuz: {
    exponentBits: 5,
    mantissaBits: 2,
    bias: 16,
    greatest: 0x7f,
    infinity: 0x80,
    nan: 0x80,
    unsignedZero: true,
  },
  // f4e2m1 has neither infinity nor NaN: NaN becomes -0, as in the ONNX reference.
  f4e2m1: { exponentBits: 2, mantissaBits: 1, bias: 1, greatest: 0x7, infinity: 0x7, nan: 0x8, unsignedZero: false },
};

type Encoder = (value: number) => number;

/** The function from numbers to bits of one type, each rounded once to nearest, ties to even (f8e8m0: by roundMode). */
export function smallFloatEncoder(dtype: SmallFloat, options: Float8Options = {}): Encoder {
  const saturate = options.saturate ?? true;
  if (dtype === "f8e8m0") return (value) => exponentBits(value, saturate, options.roundMode ?? "up");
  const row = rows[dtype];
  const encodeMagnitude = magnitudeEncoder(row);
  const signWeight = 2 ** (row.exponentBits + row.mantissaBits);
  const beyond = saturate ? row.greatest : row.infinity;
  return (value) => {
    if (Number.isNaN(value)) return row.nan;
    const bits = encodeMagnitude(Math.min(Math.abs(value), 2 ** 100));
    const magnitude = bits > row.greatest ? beyond : bits;
    if (row.unsignedZero && magnitude === 0) return 0;
    return magnitude | (signBit(value) * signWeight);
  };
}

/**
 * f8e8m0 holds 2^(bits-127); 255 is NaN. It has no sign: ONNX leaves negative numbers open, here they count as their magnitude.
 */
function exponentBits(value: number, saturate: boolean, mode: "up" | "down" | "nearest"): number {
  if (Number.isNaN(value)) return 0xff;
  const magnitude = Math.abs(value);
  let bits = magnitude === 0 ? -1 : magnitude === Infinity ? 255 : exponentOf(magnitude) + 127;
  const fraction = magnitude / 2 ** (bits - 127);
  if (bits >= -127 && bits < 255 && magnitude !== 0) {
    if (mode === "up" ? fraction > 1 : mode === "nearest" && fraction >= 1.5) bits++;
  }
  if (bits >= 0 && bits <= 254) return bits;
  if (!saturate) return 0xff;
  return bits < 0 ? 0 : 254;
}

/** The e with 2^e <= magnitude < 2^(e+1); -400 for all that is smaller still, which no format reaches. */
function exponentOf(magnitude: number): number {
  let exponent = -400;
  for (let step = 1024; step >= 1; step /= 2) {
    if (magnitude >= 2 ** (exponent + step)) exponent += step;
  }
  return exponent;
}

/** The number that bits of a type stand for. */
export function smallFloatValue(dtype: SmallFloat, bits: number): number {
  if (dtype === "f8e8m0") return bits === 0xff ? Number.NaN : 2 ** (bits - 127);
  const row = rows[dtype];
  if (row.unsignedZero) return bits === row.nan ? Number.NaN : finiteValue(bits, row);
  const magnitude = bits % 2 ** (row.exponentBits + row.mantissaBits);
  if (magnitude <= row.greatest) return finiteValue(bits, row);
  if (magnitude > row.infinity || row.infinity === row.nan) return Number.NaN;
  return magnitude === bits ? Infinity : -Infinity;
}

const tables = new Map<SmallFloat, Float32Array>();

/** The values of all patterns of a type, made on first use. */
export function smallFloatTable(dtype: SmallFloat): Float32Array {
  const known = tables.get(dtype);
  if (known !== undefined) return known;
  const length = dtype === "f4e2m1" ? 16 : 256;
  const table = Float32Array.from({ length }, (_, bits) => smallFloatValue(dtype, bits));
  tables.set(dtype, table);
  return table;
}

/** The numbers that f8 bits stand for, exactly. */
export function decodeFloat8(dtype: Exclude<SmallFloat, "f4e2m1">, bits: Uint8Array): Float32Array {
  const table = smallFloatTable(dtype);
  const out = new Float32Array(bits.length);
  for (let i = 0; i < out.length; i++) out[i] = table[bits[i]!]!;
  return out;
}
