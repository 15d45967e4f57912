import { describe, expect, test } from "vitest";
import { compareTensors } from "./compare.ts";
import type { DType } from "./dtype.ts";
import { fromBigints, fromNumbers } from "./numbers.ts";
import type { Tensor } from "./tensor.ts";

const f32 = (...values: number[]) => fromNumbers("f32", [values.length], values);
const loose = { rtol: 1e-3, atol: 1e-5 };
const exact = { rtol: 0, atol: 0 };

describe("numbers", () => {
  test("the tolerance is atol + rtol * |expected|", () => {
    expect(
      compareTensors(fromNumbers("f64", [1], [110]), fromNumbers("f64", [1], [100]), { rtol: 0.1, atol: 0 }).ok,
    ).toBe(true);
    expect(
      compareTensors(fromNumbers("f64", [1], [100]), fromNumbers("f64", [1], [110]), { rtol: 0.09, atol: 0 }).ok,
    ).toBe(false);
    expect(
      compareTensors(fromNumbers("f64", [1], [0.5]), fromNumbers("f64", [1], [0]), { rtol: 0, atol: 0.5 }).ok,
    ).toBe(true);
  });

  test("NaN equals NaN and infinities equal by sign, nothing else", () => {
    expect(compareTensors(f32(Number.NaN, Infinity, -Infinity), f32(Number.NaN, Infinity, -Infinity), exact)).toEqual({
      ok: true,
      maxAbs: 0,
      maxRel: 0,
      badCount: 0,
    });
    expect(compareTensors(f32(Number.NaN), f32(1), loose).ok).toBe(false);
    expect(compareTensors(f32(1), f32(Number.NaN), loose).ok).toBe(false);
    expect(compareTensors(f32(Infinity), f32(-Infinity), loose).ok).toBe(false);
    expect(compareTensors(f32(3e38), f32(Infinity), loose).ok).toBe(false);
  });

  test("the first bad value is located, and the greatest differences are found", () => {
    const expected = fromNumbers("f32", [2, 3], [1, 2, 3, 4, 0, 8]);
    const actual = fromNumbers("f32", [2, 3], [1, 2, 3, 4.5, 0.25, 10]);
    const result = compareTensors(actual, expected, loose);
    expect(result).toMatchObject({ ok: false, maxAbs: 2, maxRel: 0.25, badCount: 3 });
    expect(result.firstBad).toEqual({ index: [1, 0], actual: 4.5, expected: 4 });
    expect(result.reason).toBe(
      "3 of 6 values differ, first at [1,0]: expected 4, got 4.5 (rtol 0.001, atol 0.00001; greatest difference 2).",
    );
  });

  test("narrow floats are compared by value", () => {
    expect(compareTensors(fromNumbers("f16", [1], [-0]), fromNumbers("f16", [1], [0]), exact).ok).toBe(true);
    expect(
      compareTensors(fromNumbers("bf16", [1], [1.0078125]), fromNumbers("bf16", [1], [1]), { rtol: 0.01, atol: 0 }).ok,
    ).toBe(true);
  });
});

test("64-bit integers are compared without rounding", () => {
  const a = fromBigints("i64", [1], [2n ** 53n]);
  const b = fromBigints("i64", [1], [2n ** 53n + 1n]);
  expect(compareTensors(a, b, exact)).toMatchObject({ ok: false, maxAbs: 1, firstBad: { expected: 2n ** 53n + 1n } });
  expect(compareTensors(a, b, { rtol: 0, atol: 1 }).ok).toBe(true);
});

test("bools are compared exactly, whatever the tolerance", () => {
  const [yes, no] = [1, 0].map((value) => fromNumbers("bool", [1], [value])) as [Tensor, Tensor];
  expect(compareTensors(yes, no, { rtol: 10, atol: 10 }).ok).toBe(false);
  expect(compareTensors(yes, yes, exact).ok).toBe(true);
});

test("both parts of complex numbers count", () => {
  const complex = (...data: number[]): Tensor => ({ dtype: "c64", shape: [1], data: new Float32Array(data) });
  expect(compareTensors(complex(1, 2), complex(1, 2), exact).ok).toBe(true);
  const result = compareTensors(complex(1, 3), complex(1, 2), loose);
  expect(result).toMatchObject({ ok: false, maxAbs: 1, maxRel: 0.5, firstBad: { actual: [1, 3], expected: [1, 2] } });
  expect(result.reason).toContain("expected 1+2i, got 1+3i");
});

test("strings are compared exactly", () => {
  const strings = (...data: string[]): Tensor => ({ dtype: "string", shape: [data.length], data });
  expect(compareTensors(strings("a", "b"), strings("a", "b"), loose).ok).toBe(true);
  expect(compareTensors(strings("a", "c"), strings("a", "b"), loose).reason).toContain('[1]: expected "b", got "c"');
});

test.each<[DType, number[], string]>([
  ["f64", [2], "Expected f32[2], got f64[2]."],
  ["f32", [2, 1], "Expected f32[2], got f32[2,1]."],
  ["f32", [1], "Expected f32[2], got f32[1]."],
])("dtype and shape must be equal: %s %j", (dtype, shape, reason) => {
  const values = new Array(shape.reduce((a, b) => a * b)).fill(1);
  expect(compareTensors(fromNumbers(dtype, shape, values), f32(1, 1), loose)).toMatchObject({ ok: false, reason });
});
