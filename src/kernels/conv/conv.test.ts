import { describe, expect, test } from "vitest";
import { seed } from "../../../test/support/seed.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkStep } from "./testdata/check-step.ts";

/** Sums of up to a thousand products of numbers below 1 in f32. */
const bound = { relative: 1e-5, absolute: 1e-5 };

let state = seed;
const random = (): number => {
  state = (Math.imul(state, 1664525) + 1013904223) | 0;
  return (state >>> 8) / 2 ** 23 - 1;
};
const f32 = (...shape: number[]): Tensor => ({
  dtype: "f32",
  shape,
  data: Float32Array.from({ length: shape.reduce((p, d) => p * d, 1) }, random),
});

describe(`seed ${seed}`, () => {
  test.each([
    ["pointwise", [1, 5, 4, 7], [8, 5, 1, 1], {}],
    ["3x3, padded", [2, 3, 6, 7], [5, 3, 3, 3], { pads: [1, 1, 1, 1] }],
    ["3x3, stride 2, padded unevenly", [1, 3, 9, 11], [7, 3, 3, 3], { pads: [1, 0, 2, 1], strides: [2, 2] }],
    ["stride 3, dilated", [1, 2, 14, 17], [3, 2, 3, 2], { strides: [3, 3], dilations: [2, 3], pads: [2, 2, 2, 2] }],
    ["groups", [2, 6, 5, 5], [9, 2, 3, 3], { group: 3, pads: [1, 1, 1, 1] }],
    ["1-D", [3, 4, 19], [6, 4, 5], { pads: [2, 1] }],
    ["3-D", [1, 2, 4, 5, 6], [3, 2, 2, 3, 3], { pads: [1, 1, 1, 0, 1, 1], strides: [1, 2, 2] }],
    ["wider than the window's reach", [1, 1, 3, 3], [2, 1, 1, 1], { pads: [3, 3, 3, 3] }],
    ["depthwise", [1, 3, 8, 21], [3, 1, 3, 3], { group: 3, pads: [1, 1, 1, 1] }],
    ["depthwise, stride 2", [1, 3, 9, 41], [3, 1, 5, 5], { group: 3, pads: [2, 2, 2, 2], strides: [2, 2] }],
    [
      "depthwise, multiplied, stride 3",
      [2, 2, 7, 9],
      [4, 1, 2, 3],
      { group: 2, strides: [2, 3], dilations: [1, 2], pads: [0, 2, 1, 3] },
    ],
    ["depthwise, 3-D", [1, 2, 4, 5, 6], [2, 1, 2, 3, 3], { group: 2, pads: [1, 1, 1, 0, 1, 1], strides: [1, 2, 2] }],
  ])("%s", (_, x, w, attributes) => {
    const operands = [f32(...x), f32(...w), f32(w[0] as number)];
    const step = { op: "conv", operands, attributes, constants: [1] };
    const expected = w[1] === 1 ? "depthwise-conv" : "gather-conv";
    expect(checkStep(step, bound)).toBe(expected);
    if (expected === "depthwise-conv") checkStep(step, bound, { schedule: "gather-conv" });
    checkStep({ op: "conv", operands: operands.slice(0, 2), attributes }, bound, { misalign: 4 });
  });
});

describe(`pools, seed ${seed}`, () => {
  test.each([
    ["maxPool", [1, 3, 9, 22], { kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }],
    ["maxPool", [2, 1, 13], { kernel: [4], strides: [3], ceilMode: true }],
    ["averagePool", [1, 2, 6, 18], { kernel: [3, 2], strides: [3, 2] }],
    ["averagePool", [1, 2, 7, 18], { kernel: [3, 3], pads: [1, 1, 1, 1] }],
    [
      "averagePool",
      [1, 2, 7, 18],
      { kernel: [3, 3], pads: [1, 1, 1, 1], countIncludePad: true, ceilMode: true, strides: [2, 2] },
    ],
    ["averagePool", [1, 1, 4, 5, 6], { kernel: [2, 3, 3], pads: [0, 1, 1, 1, 1, 1], dilations: [2, 1, 1] }],
    ["lpPool", [1, 2, 7, 9], { kernel: [3, 3], pads: [1, 1, 1, 1], p: 2 }],
    ["lpPool", [1, 2, 7, 9], { kernel: [2, 3], p: 3 }],
  ])("%s of %j, %j", (op, x, attributes) => {
    expect(checkStep({ op, operands: [f32(...x)], attributes }, bound)).toBe("pool");
  });
});
