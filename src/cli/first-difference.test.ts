import { expect, test } from "vitest";
import type { Tensor } from "../tensor/tensor.ts";
import { FirstDifference } from "./first-difference.ts";

const f32 = (...values: number[]): Tensor => ({
  dtype: "f32",
  shape: [values.length],
  data: Float32Array.from(values),
});
const close = { rtol: 0, atol: 1e-3 };
const place = (origin: string) => ({ node: "add", origin });

test("the first that differs is kept, and all are counted", () => {
  const difference = new FirstDifference(close);
  expect(difference.result).toEqual({ ok: true, values: 0 });
  difference.check(place("/a"), f32(1), f32(1));
  difference.check(place("/b"), f32(1, 2), f32(1, 2.5));
  difference.check(place("/c"), f32(1), f32(9));
  expect(difference.result).toMatchObject({
    ok: false,
    values: 3,
    firstDifference: { node: "add", origin: "/b", maxAbs: 0.5, maxRel: 0.2, maxUlp: 2097152 },
  });
});

test("the absolute tolerance grows with the largest value, infinities aside", () => {
  const check = (actual: Tensor, expected: Tensor) => {
    const difference = new FirstDifference(close);
    difference.check(place("/a"), actual, expected);
    return difference.result.ok;
  };
  expect(check(f32(0.05), f32(0))).toBe(false);
  expect(check(f32(0.05, 100), f32(0, 100))).toBe(true);
  expect(check(f32(0.2, 100), f32(0, 100))).toBe(false);
  const endless = Number.POSITIVE_INFINITY;
  expect(check(f32(0.05, endless), f32(0, endless))).toBe(false);
});

test("unless it is given, the tolerance follows from the dtype", () => {
  const halves = (...bits: number[]): Tensor => ({ dtype: "f16", shape: [bits.length], data: Uint16Array.from(bits) });
  const isClose = (actual: Tensor, expected: Tensor, given: { rtol?: number; atol?: number }) => {
    const difference = new FirstDifference(given);
    difference.check(place("/a"), actual, expected);
    return difference.result.ok;
  };
  expect(isClose(f32(1.0009), f32(1), {})).toBe(true);
  expect(isClose(f32(1.0012), f32(1), {})).toBe(false);
  expect(isClose(halves(0x3c04), halves(0x3c00), {})).toBe(true);
  expect(isClose(halves(0x3c08), halves(0x3c00), {})).toBe(false);
  expect(isClose(halves(0x3c04), halves(0x3c00), { rtol: 1e-3, atol: 0 })).toBe(false);
  const afterHalves = new FirstDifference({});
  afterHalves.check(place("/a"), halves(0x3c00), halves(0x3c00));
  afterHalves.check(place("/b"), f32(1.0012), f32(1));
  expect(afterHalves.result.ok).toBe(true);
});
