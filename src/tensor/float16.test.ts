import { expect, test } from "vitest";
import { bfloat16Bits, decodeBfloat16 } from "./bfloat16.ts";
import { decodeFloat16, encodeFloat16, float16Bits } from "./float16.ts";
import { readNpz } from "./npz.ts";
import { readTestdata } from "./testdata/read-testdata.ts";

const roundings = readNpz(readTestdata("roundings.npz"));
const array = <T>(name: string) => roundings.get(name)?.data as T;

const allPatterns = Uint16Array.from({ length: 0x10000 }, (_, bits) => bits);

/** The definition of IEEE binary16, in doubles. */
function halfValue(bits: number): number {
  const sign = bits >> 15 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = (bits & 1023) / 1024;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15));
}

test("every f16 pattern decodes to its value and encodes back", () => {
  const values = decodeFloat16(allPatterns);
  const back = encodeFloat16(values);
  for (const bits of allPatterns) {
    const expected = halfValue(bits);
    if (!Object.is(values[bits], expected)) expect(values[bits], `bits ${bits}`).toBe(expected);
    const same = Number.isNaN(expected) ? 0x7e00 : bits;
    if (back[bits] !== same) expect(back[bits], `bits ${bits}`).toBe(same);
  }
});

test("between neighbouring f16 values the nearer one is taken, and the even one in the middle", () => {
  for (let bits = 0; bits < 0x7bff; bits++) {
    const low = halfValue(bits);
    const high = halfValue(bits + 1);
    const middle = (low + high) / 2;
    const even = bits + (bits % 2);
    const got = [float16Bits(middle), float16Bits(middle * (1 - 2 ** -50)), float16Bits(middle * (1 + 2 ** -50))];
    if (got[0] !== even || got[1] !== bits || got[2] !== bits + 1) {
      expect(got, `between ${low} and ${high}`).toEqual([even, bits, bits + 1]);
    }
    if (float16Bits(-middle) !== even + 0x8000) expect(float16Bits(-middle), `-${middle}`).toBe(even + 0x8000);
  }
});

test("f16 overflows to infinity from 65520 on", () => {
  expect(float16Bits(65519.999)).toBe(0x7bff);
  expect(float16Bits(65520)).toBe(0x7c00);
  expect(float16Bits(-Number.MAX_VALUE)).toBe(0xfc00);
  expect(float16Bits(Number.MIN_VALUE)).toBe(0);
  expect(float16Bits(-0)).toBe(0x8000);
});

test("f16 and bf16 round as numpy and ml_dtypes do", () => {
  const x = array<Float32Array>("x");
  const f16 = array<Uint16Array>("f16");
  const bf16 = array<Uint16Array>("bf16");
  x.forEach((value, i) => {
    if (Number.isNaN(value)) return;
    expect(float16Bits(value), `f16 of ${value}`).toBe(f16[i]);
    expect(bfloat16Bits(value), `bf16 of ${value}`).toBe(bf16[i]);
  });
});

test("doubles are rounded to f16 once, not by way of f32", () => {
  const x = array<Float64Array>("x64");
  const expected = array<Uint16Array>("f16-of-x64");
  expect(encodeFloat16(x)).toEqual(expected);
});

test("every bf16 pattern is the upper half of an f32", () => {
  const values = decodeBfloat16(allPatterns);
  const words = new Uint32Array(1);
  const float = new Float32Array(words.buffer);
  for (const bits of allPatterns) {
    words[0] = bits * 0x10000;
    if (!Object.is(values[bits], float[0])) expect(values[bits], `bits ${bits}`).toBe(float[0]);
    const same = Number.isNaN(float[0]) ? 0x7fc0 : bits;
    if (bfloat16Bits(values[bits]!) !== same) expect(bfloat16Bits(values[bits]!), `bits ${bits}`).toBe(same);
  }
});

test("bf16 overflows to infinity halfway beyond its greatest value", () => {
  const greatest = (2 - 2 ** -7) * 2 ** 127;
  expect(bfloat16Bits(greatest)).toBe(0x7f7f);
  expect(bfloat16Bits((2 - 2 ** -8) * 2 ** 127)).toBe(0x7f80);
  expect(bfloat16Bits((2 - 2 ** -8 - 2 ** -50) * 2 ** 127)).toBe(0x7f7f);
  expect(bfloat16Bits(-1e300)).toBe(0xff80);
});
