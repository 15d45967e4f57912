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
  ])("%s", (_, x, w, attributes) => {
    const operands = [f32(...x), f32(...w), f32(w[0] as number)];
    expect(checkStep({ op: "conv", operands, attributes, constants: [1] }, bound)).toBe("gather-conv");
    checkStep({ op: "conv", operands: operands.slice(0, 2), attributes }, bound, { misalign: 4 });
  });
});
