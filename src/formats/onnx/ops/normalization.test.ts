import { describe, expect, test } from "vitest";
import type { Value } from "../../../graph/value.ts";
import { constantOf, elements } from "../../../ops/testing.ts";
import { elementCount } from "../../../tensor/tensor.ts";
import { applyNode, applyOne } from "./testing.ts";

const f32 = (shape: readonly number[], ...values: number[]): Value => constantOf("f32", shape, values);
/** 2 sin(a·i + 0.3) in row-major order. */
const waves = (shape: readonly number[], a: number): Value =>
  f32(shape, ...Array.from({ length: elementCount(shape) }, (_unused, i) => 2 * Math.sin(i * a + 0.3)));
const close = (got: Value | undefined, expected: readonly number[], digits = 5) => {
  elements(got as Value).forEach((element, i) => {
    expect(element).toBeCloseTo(expected[i] as number, digits);
  });
  expect(elements(got as Value).length).toBe(expected.length);
};

describe("normalisations", () => {
  test("BatchNormalization in training, against the ONNX reference", () => {
    const inputs = [waves([2, 2, 3], 0.7), f32([2], 1.5, -1), f32([2], 0.5, 2), f32([2], 0.1, 0.2), f32([2], 1, 2)];
    const attributes = { training_mode: 1n, momentum: 0.7, epsilon: 1e-3 };
    const [y, mean, variance] = applyNode({ op: "BatchNormalization", opset: 15, attributes, outputs: 3 }, ...inputs);
    close(
      y,
      [
        1.102029602, 2.151379457, 2.44006092, 1.451021784, 2.613397925, 3.811634763, -1.344848813, -1.164030181,
        -0.1845909853, 2.118360013, 1.130165874, 0.8754196412,
      ],
    );
    close(mean, [0.05937945637, 0.3656522183]);
    close(variance, [1.430553159, 1.756566204]);
  });

  test("GroupNormalization scales by group, from opset 21 by channel", () => {
    const x = f32([1, 4, 1], -1, 1, 3, 7);
    const attributes = { num_groups: 2n, epsilon: 0 };
    const byGroup = applyOne({ op: "GroupNormalization", opset: 18, attributes }, x, f32([2], 2, 3), f32([2], 0, 1));
    expect(elements(byGroup)).toEqual([-2, 2, -2, 4]);
    const byChannel = applyOne(
      { op: "GroupNormalization", opset: 21, attributes },
      x,
      f32([4], 1, 2, 3, 4),
      f32([4], 0, 0, 0, 1),
    );
    expect(elements(byChannel)).toEqual([-1, 2, -3, 5]);
  });

  test("Softmax before opset 13 takes all axes from `axis` on as one row", () => {
    const x = f32([1, 2, 2], 0, 0, 0, 0);
    expect(elements(applyOne({ op: "Softmax", opset: 11 }, x))).toEqual([0.25, 0.25, 0.25, 0.25]);
    expect(elements(applyOne({ op: "Softmax", opset: 13 }, x))).toEqual([0.5, 0.5, 0.5, 0.5]);
  });
});
