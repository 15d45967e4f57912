/** Random numbers that are the same on every runtime: integer arithmetic only. */
import type { DType } from "./dtype.ts";
import { dtypes } from "./dtype.ts";
import { fromNumbers } from "./numbers.ts";
import type { Tensor } from "./tensor.ts";
import { allocate, elementCount } from "./tensor.ts";

export interface Random {
  /** An integer in [0, 2^32). */
  u32(): number;
  /** A multiple of 2^-23 in [-1, 1), which f32 holds exactly. */
  uniform(): number;
  /** An integer in [lo, hi), all equally likely; hi - lo is from 1 to 2^32. */
  int(lo: number, hi: number): number;
}

const rotateLeft = (x: number, bits: number): number => (x << bits) | (x >>> (32 - bits));

/** The finalizer of MurmurHash3: each input bit reaches all output bits. */
function mix(x: number): number {
  let h = x;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** A hash of the seed's text, so that 1 and "1" are the same seed. */
function hashText(text: string): number {
  let h = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) h = Math.imul(h ^ byte, 0x01000193);
  return h;
}

/** xoshiro128** (Blackman and Vigna), started from a hash of the seed: equal seeds give equal numbers. */
export function createRandom(seed: number | string): Random {
  const start = hashText(String(seed));
  let [a, b, c, d] = [1, 2, 3, 4].map((i) => mix(start + Math.imul(i, 0x9e3779b9))) as [number, number, number, number];
  if ((a | b | c | d) === 0) a = 1;

  function u32(): number {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotateLeft(d, 11);
    return result;
  }

  function int(lo: number, hi: number): number {
    const range = hi - lo;
    if (!Number.isSafeInteger(range) || range < 1 || range > 2 ** 32) {
      throw new RangeError(`No random integer in [${lo}, ${hi}): the bounds must be integers, 1 to 2^32 apart.`);
    }
    const limit = 2 ** 32 - (2 ** 32 % range);
    for (;;) {
      const value = u32();
      if (value < limit) return lo + (value % range);
    }
  }

  return { u32, int, uniform: () => uniform(u32(), 24) };
}

/** A multiple of 2^(1-bits) in [-1, 1). */
const uniform = (word: number, bits: number): number => (word >>> (32 - bits)) * 2 ** (1 - bits) - 1;

/** Bits of a float's significand, the hidden one included; f64 takes the values of f32. */
const significandBits: Partial<Record<DType, number>> = {
  f64: 24,
  f32: 24,
  f16: 11,
  bf16: 8,
  f8e4m3fn: 4,
  f8e4m3fnuz: 4,
  f8e5m2: 3,
  f8e5m2fnuz: 3,
  f4e2m1: 2,
};

/**
 * The tensor that stands in for an input that nobody gave: floats and the parts of complex numbers uniform in [-1, 1) and exact in their
 * dtype (f8e8m0, which has only powers of two, from 1/256 to 1/2), integers 1, booleans true, strings "a".
 */
export function randomTensor<D extends DType>(dtype: D, shape: readonly number[], seed: number | string): Tensor<D> {
  const count = elementCount(shape);
  const { kind } = dtypes[dtype];
  if (kind === "string")
    return { dtype, shape, data: (allocate("string", count) as string[]).fill("a") as Tensor<D>["data"] };
  const random = createRandom(seed);
  if (kind === "complex") {
    const data = allocate(dtype, count) as Float32Array;
    for (let i = 0; i < data.length; i++) data[i] = random.uniform();
    return { dtype, shape, data: data as Tensor<D>["data"] };
  }
  return kind === "float" ? randomFloats(dtype, shape, random) : onesTensor(dtype, shape);
}

function randomFloats<D extends DType>(dtype: D, shape: readonly number[], random: Random): Tensor<D> {
  const bits = significandBits[dtype];
  const values = dtype === "f64" ? new Float64Array(elementCount(shape)) : new Float32Array(elementCount(shape));
  for (let i = 0; i < values.length; i++) {
    values[i] = bits === undefined ? 2 ** -random.int(1, 9) : uniform(random.u32(), bits);
  }
  return fromNumbers(dtype, shape, values);
}

function onesTensor<D extends DType>(dtype: D, shape: readonly number[]): Tensor<D> {
  return fromNumbers(dtype, shape, new Uint8Array(elementCount(shape)).fill(1));
}
