import { describe, expect, test } from "vitest";
import type { Value } from "../../../graph/value.ts";
import { constantOf, elements } from "../../../ops/testing.ts";
import { applyOne } from "./testing.ts";

const f32 = (shape: readonly number[], ...values: number[]): Value => constantOf("f32", shape, values);

describe("matrix products", () => {
  test("Gemm scales, flips and broadcasts, integers included", () => {
    const [a, b] = [f32([2, 1], 1, 2), f32([3, 1], 1, 2, 3)];
    const attributes = { transB: 1n, alpha: 0.5, beta: 2 };
    expect(elements(applyOne({ op: "Gemm", opset: 13, attributes }, a, b, f32([3], 1, 0, -1)))).toEqual([
      2.5, 1, -0.5, 3, 2, 1,
    ]);
    const whole = constantOf("i32", [1, 1], [3]);
    expect(elements(applyOne({ op: "Gemm", opset: 13, attributes: { alpha: 2.5 } }, whole, whole))).toEqual([22]);
  });

  test("QLinearMatMul rounds to even before it adds the zero point, as onnxruntime does", () => {
    const u8 = (shape: number[], ...values: number[]) => constantOf("u8", shape, values);
    const [zero, one] = [u8([], 0), u8([], 1)];
    const inputs = [
      u8([2, 2], 1, 2, 3, 4),
      f32([], 0.5),
      zero,
      u8([2, 2], 1, 0, 0, 1),
      f32([], 1),
      zero,
      f32([], 1),
      one,
    ];
    expect(elements(applyOne({ op: "QLinearMatMul", opset: 10 }, ...inputs))).toEqual([1, 2, 3, 3]);
  });
});
