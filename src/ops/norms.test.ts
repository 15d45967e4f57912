import { describe, expect, test } from "vitest";
import { contextFor } from "../graph/evaluate.ts";
import { input } from "../graph/leaves.ts";
import { tensorType } from "../graph/type.ts";
import { symbol } from "../tensor/dim-expr.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { addRmsNorm } from "./add-rms-norm.ts";
import { layerNorm } from "./layer-norm.ts";
import { logSoftmax } from "./log-softmax.ts";
import { rmsNorm } from "./rms-norm.ts";
import { softmax } from "./softmax.ts";

const context = contextFor(new Map());
const f64 = (shape: number[], values: number[]): Tensor => fromNumbers("f64", shape, Float64Array.from(values));
const close = (t: Tensor, expected: readonly number[]) => {
  expect(t.data.length).toBe(expected.length);
  Array.from(numbers(t)).forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i]!, 12);
  });
};
/** 24 numbers with different means and spreads in every row. */
const values = Array.from({ length: 24 }, (_unused, i) => Math.sin(i) * (1 + (i % 5)) + i / 7);

describe("softmax", () => {
  test("survives large and far elements, along any axis", () => {
    const x = f64([2, 4], [1, 2, 3, 1000, -1000, -1001, -1002, -1e30]);
    const expected = [0, 0, 0, 1, 0.6652409557748219, 0.24472847105479764, 0.09003057317038046, 0];
    close(softmax.eval([x], { axis: -1 }, context) as Tensor, expected);
    const turned = f64(
      [4, 2],
      [0, 4, 1, 5, 2, 6, 3, 7].map((i) => numbers(x)[i]!),
    );
    const y = softmax.eval([turned], { axis: 0 }, context) as Tensor;
    close(
      y,
      [0, 4, 1, 5, 2, 6, 3, 7].map((i) => expected[i]!),
    );
    const logs = logSoftmax.eval([x], { axis: 1 }, context) as Tensor;
    close(
      f64([7], [...numbers(logs)].slice(0, 7)),
      [-999, -998, -997, 0, -0.4076059644443804, -1.4076059644443808, -2.407605964444381],
    );
  });

  test("a row of minus infinity is NaN, an empty axis gives nothing", () => {
    expect([...numbers(softmax.eval([f64([2], [-Infinity, -Infinity])], { axis: 0 }, context) as Tensor)]).toEqual([
      Number.NaN,
      Number.NaN,
    ]);
    expect((softmax.eval([f64([3, 0], [])], { axis: 1 }, context) as Tensor).shape).toEqual([3, 0]);
  });
});

describe("normalisations over trailing axes", () => {
  /** The definition of both, over the last twelve elements of each half. */
  const byHand = (centre: boolean, epsilon: number, scale: (i: number) => number, bias: (i: number) => number) =>
    [0, 12].flatMap((from) => {
      const row = values.slice(from, from + 12);
      const mean = centre ? row.reduce((a, b) => a + b) / 12 : 0;
      const variance = row.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 12;
      return row.map((x, i) => ((x - mean) / Math.sqrt(variance + epsilon)) * scale(i) + bias(i));
    });
  const x = f64([2, 3, 4], values);

  test("layerNorm with scale and bias of other ranks", () => {
    const scale = f64([4], [1, -2, 0.5, 3]);
    const bias = f64([3, 1], [10, 20, 30]);
    const y = layerNorm.eval([x, scale, bias], { axis: 1, epsilon: 1e-2 }, context) as Tensor;
    const expected = byHand(
      true,
      1e-2,
      (i) => [1, -2, 0.5, 3][i % 4]!,
      (i) => 10 + 10 * Math.floor(i / 4),
    );
    close(y, expected);
    const plain = layerNorm.eval([x, undefined, undefined], { axis: -2, epsilon: 1e-2 }, context) as Tensor;
    close(
      plain,
      byHand(
        true,
        1e-2,
        () => 1,
        () => 0,
      ),
    );
  });

  test("rmsNorm, with huge and zero rows", () => {
    close(
      rmsNorm.eval([x, undefined], { axis: 1, epsilon: 1e-5 }, context) as Tensor,
      byHand(
        false,
        1e-5,
        () => 1,
        () => 0,
      ),
    );
    const rows = fromNumbers("f32", [2, 2], [3e38, -3e38, 0, 0]);
    const y = rmsNorm.eval([rows, undefined], { axis: -1, epsilon: 1e-6 }, context) as Tensor;
    expect([...numbers(y)]).toEqual([1, -1, 0, 0]);
  });

  test("rms-norm with operands and result of different dtypes rounds once", () => {
    const rows = fromNumbers("f32", [2, 12], values);
    const scale = fromNumbers("f16", [12], [1, 2, 0.5, 1.25, 3, -1, 1, 1, 2, 2, 4, 0.75]);
    const weights = numbers(scale);
    const attributes = { axis: -1, epsilon: 0.25, to: "f16" } as const;
    const y = rmsNorm.eval([rows, scale], attributes, context) as Tensor;
    const exact = rmsNorm.eval([f64([2, 12], [...numbers(rows)]), f64([12], [...weights])], attributes, context);
    expect(y.dtype).toBe("f16");
    expect([...numbers(y)]).toEqual([...numbers(exact as Tensor)]);
  });

  test("addRmsNorm gives the norm of the rounded sum, and the sum", () => {
    const [x, residual] = [values, values.toReversed()].map((list) => fromNumbers("f16", [2, 12], list));
    const attributes = { axis: -1, epsilon: 0.25 };
    const [y, sum] = addRmsNorm.eval([x as Tensor, residual as Tensor, undefined], attributes, context) as Tensor[];
    const [a, b] = [numbers(x as Tensor), numbers(residual as Tensor)];
    expect([...numbers(sum as Tensor)]).toEqual([
      ...numbers(
        fromNumbers(
          "f16",
          [24],
          Float64Array.from({ length: 24 }, (_unused, i) => a[i]! + b[i]!),
        ),
      ),
    ]);
    expect(y).toEqual(rmsNorm.eval([sum as Tensor, undefined], attributes, context));
  });

  test("a residual must have the type of x", () => {
    const value = (...shape: number[]) => input("x", tensorType("f32", shape));
    expect(() => addRmsNorm(value(2, 4), value(4), undefined, { axis: -1, epsilon: 0 })).toThrow(
      "residual must have the type of x f32[2,4], got f32[4].",
    );
    expect(() => rmsNorm(value(2, 4), undefined, { axis: -1, epsilon: 0, to: "i32" })).toThrow(
      "the result must be of floats, got i32",
    );
  });

  test("parameters must broadcast to x", () => {
    const value = (...shape: number[]) => input("x", tensorType("f32", shape));
    expect(() => rmsNorm(value(2, 4), value(3), { axis: -1, epsilon: 0 })).toThrow(
      "scale must be of floats and broadcast to x f32[2,4], got f32[3].",
    );
    expect(() => layerNorm(value(2, 1), undefined, value(2, 4), { axis: -1, epsilon: 0 })).toThrow("bias must be");
  });

  test("a parameter of symbolic size may fit", () => {
    const x = input("x", tensorType("f32", [2, 1]));
    const scale = input("scale", tensorType("f32", [symbol("n")]));
    expect(rmsNorm(x, scale, { axis: -1, epsilon: 0 }).type).toEqual(x.type);
    expect(layerNorm(x, scale, undefined, { axis: -1, epsilon: 0 }).type).toEqual(x.type);
  });
});
