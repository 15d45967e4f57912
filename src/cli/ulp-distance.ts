import type { Tensor } from "../tensor/tensor.ts";

/**
 * The greatest distance between elements of two float tensors of one dtype and size in units in the last place: how many floats of the dtype lie
 * between them, plus one. Pairs with a NaN or an infinity are left out. Null for dtypes other than f64, f32, f16 and bf16.
 */
export function maxUlpDistance(a: Tensor, b: Tensor): number | null {
  const format = formats[a.dtype as keyof typeof formats];
  if (format === undefined || a.dtype !== b.dtype) return null;
  const [x, y] = [format.bits(a.data as Float32Array), format.bits(b.data as Float32Array)];
  let greatest = 0;
  for (let i = 0; i < x.length; i++) {
    const [p, q] = [BigInt(x[i] as number | bigint), BigInt(y[i] as number | bigint)];
    if (p === q || !isFiniteFloat(p, format) || !isFiniteFloat(q, format)) continue;
    const distance = ordered(p, format) - ordered(q, format);
    greatest = Math.max(greatest, Number(distance < 0n ? -distance : distance));
  }
  return greatest;
}

interface FloatFormat {
  readonly width: bigint;
  /** The bits of the exponent, all set. */
  readonly exponent: bigint;
  bits(data: Float32Array): ArrayLike<number | bigint>;
}

const raw = (data: Float32Array): ArrayLike<number> => data;
const formats: Readonly<Record<"f64" | "f32" | "f16" | "bf16", FloatFormat>> = {
  f64: {
    width: 64n,
    exponent: 0x7ff0000000000000n,
    bits: ({ buffer, byteOffset, length }) => new BigUint64Array(buffer, byteOffset, length),
  },
  f32: {
    width: 32n,
    exponent: 0x7f800000n,
    bits: ({ buffer, byteOffset, length }) => new Uint32Array(buffer, byteOffset, length),
  },
  f16: { width: 16n, exponent: 0x7c00n, bits: raw },
  bf16: { width: 16n, exponent: 0x7f80n, bits: raw },
};

const isFiniteFloat = (bits: bigint, { exponent }: FloatFormat): boolean => (bits & exponent) !== exponent;

/** Floats in order as consecutive integers; both zeros are 0. */
function ordered(bits: bigint, { width }: FloatFormat): bigint {
  const magnitude = BigInt.asUintN(Number(width) - 1, bits);
  return magnitude === bits ? magnitude : -magnitude;
}
