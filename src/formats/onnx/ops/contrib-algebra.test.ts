import { describe, expect, it } from "vitest";
import { constantOf, elements, evalValue } from "../../../ops/testing.ts";
import { UnsupportedError } from "../../../tensor/errors.ts";
import { applyOne } from "./testing.ts";

// ONNX Runtime has these operators for GPUs only, so the numbers are numpy's: np.fft.rfft, np.fft.rfftn, products of complex arrays.

const node = (op: string, attributes = {}) => ({ op, opset: 1, domain: "com.microsoft", attributes });
const expectNear = (actual: readonly number[], expected: readonly number[]) => {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i] as number, 5);
  });
};

describe("products of complex numbers", () => {
  const a = constantOf("f32", [2, 1, 2], [1, 2, 3, -1]);
  const b = constantOf("f32", [2, 2], [0.5, 1, -2, 4]);

  it("ComplexMul broadcasts", () => {
    const product = applyOne(node("ComplexMul"), a, b);
    expect(evalValue(product).shape).toEqual([2, 2, 2]);
    expectNear(elements(product), [-1.5, 2, -10, 0, 2.5, 2.5, -2, 14]);
  });

  it("ComplexMulConj takes the conjugate of b", () => {
    expectNear(elements(applyOne(node("ComplexMulConj"), a, b)), [2.5, 0, 6, -8, 0.5, -3.5, -10, -10]);
  });
});

describe("Fourier transforms of real signals", () => {
  const rows = constantOf("f32", [2, 4], [1, 2, 3, 4, 0, -1, 1, 0]);
  const matrix = constantOf("f32", [2, 3], [0, 1, 2, 3, 4, 5]);

  it("Rfft goes along the last axes", () => {
    expectNear(elements(applyOne(node("Rfft"), rows)), [10, 0, -2, 2, -2, 0, 0, 0, -1, 1, 2, 0]);
    const both = applyOne(node("Rfft", { signal_ndim: 2n }), matrix);
    expect(evalValue(both).shape).toEqual([2, 2, 2]);
    expectNear(elements(both), [15, 0, -3, 1.7320508, -9, 0, 0, 0]);
  });

  it("Irfft goes back", () => {
    expectNear(elements(applyOne(node("Irfft"), applyOne(node("Rfft"), rows))), elements(rows));
    const even = constantOf("f32", [3, 2], [0, 1, 2, 3, 4, 5]);
    const there = applyOne(node("Rfft", { signal_ndim: 2n }), even);
    expectNear(elements(applyOne(node("Irfft", { signal_ndim: 2n }), there)), [0, 1, 2, 3, 4, 5]);
  });

  it("refuses what com.microsoft does not define", () => {
    expect(() => applyOne(node("Rfft", { onesided: 0n }), rows)).toThrow(UnsupportedError);
  });
});
