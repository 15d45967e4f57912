import { expect, test } from "vitest";
import type { Tensor } from "../tensor/tensor.ts";
import { maxUlpDistance } from "./ulp-distance.ts";

const f32 = (...values: number[]): Tensor => ({
  dtype: "f32",
  shape: [values.length],
  data: Float32Array.from(values),
});
const f64 = (...values: number[]): Tensor => ({
  dtype: "f64",
  shape: [values.length],
  data: Float64Array.from(values),
});
const f16 = (...bits: number[]): Tensor => ({ dtype: "f16", shape: [bits.length], data: Uint16Array.from(bits) });

test("neighbours are 1 apart, across binades and zero too", () => {
  expect(maxUlpDistance(f32(1), f32(1 + 2 ** -23))).toBe(1);
  expect(maxUlpDistance(f32(1), f32(1 - 2 ** -24))).toBe(1);
  expect(maxUlpDistance(f32(2 ** -149), f32(-(2 ** -149)))).toBe(2);
  expect(maxUlpDistance(f32(0), f32(-0))).toBe(0);
  expect(maxUlpDistance(f64(1), f64(1 + 3 * 2 ** -52))).toBe(3);
  expect(maxUlpDistance(f16(0x3c00, 0x8001), f16(0x3c02, 0x0001))).toBe(2);
});

test("the greatest counts; NaN and infinities do not", () => {
  expect(maxUlpDistance(f32(1, 2, Number.NaN, Number.POSITIVE_INFINITY), f32(1, 2 + 2 ** -20, 1, 1))).toBe(4);
});

test("dtypes without a last place give null", () => {
  const ints: Tensor = { dtype: "i32", shape: [1], data: Int32Array.of(1) };
  expect(maxUlpDistance(ints, ints)).toBeNull();
  expect(maxUlpDistance(f32(1), f64(1))).toBeNull();
});
