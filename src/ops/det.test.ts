import { expect, test } from "vitest";
import { contextFor } from "../graph/evaluate.ts";
import { input } from "../graph/leaves.ts";
import { tensorType } from "../graph/type.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { det } from "./det.ts";

const determinants = (shape: number[], values: number[]): number[] => [
  ...numbers(det.eval([fromNumbers("f64", shape, values)], {}, contextFor(new Map())) as Tensor),
];

test("equals the Leibniz formula by hand and numpy, rows that need swapping included", () => {
  const [close] = determinants([4, 4], [-2, -1, 2, 0, 0, 2, -1, -2, -1, 2, 0, 0, 2, -1, -2, -1]);
  expect(close).toBeCloseTo(-7, 12);
  expect(determinants([3, 2, 2], [0, 1, 1, 0, 1, 2, 2, 4, 3, 1, 0, 5])).toEqual([-1, 0, 15]);
  expect(determinants([0, 0], [])).toEqual([1]);
});

test("needs square matrices", () => {
  expect(() => det(input("x", tensorType("f32", [2, 3])))).toThrow("x must end in square matrices, got f32[2,3].");
});
