import { expect, test } from "vitest";
import { contextFor } from "../graph/evaluate.ts";
import { fromNumbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { col2Im } from "./col2-im.ts";
import { nonMaxSuppression } from "./non-max-suppression.ts";

const context = contextFor(new Map());
const f32 = (shape: number[], ...values: number[]): Tensor => fromNumbers("f32", shape, values);
const i64 = (...values: number[]): Tensor => fromNumbers("i64", [values.length], values);
const plain = (t: unknown): number[] => Array.from((t as Tensor).data as ArrayLike<number | bigint>, Number);

const boxes = f32([1, 6, 4], ...[0, 0.1, -0.1, 10, 10.1, 100].flatMap((x) => [0, x, 1, x + 1]));
const scores = f32([1, 2, 6], 0.9, 0.75, 0.6, 0.95, 0.5, 0.3, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6);

test("picks what onnxruntime picks, with corners in any order or as centres", () => {
  const settings = [i64(2), f32([1], 0.5), f32([1], 0.25)] as const;
  const expected = [0, 0, 3, 0, 0, 0, 0, 1, 5, 0, 1, 4];
  expect(plain(nonMaxSuppression.eval([boxes, scores, ...settings], {}, context))).toEqual(expected);
  const swapped = f32([1, 6, 4], ...[0, 0.1, -0.1, 10, 10.1, 100].flatMap((x) => [1, x + 1, 0, x]));
  expect(plain(nonMaxSuppression.eval([swapped, scores, ...settings], {}, context))).toEqual(expected);
  const centred = f32([1, 6, 4], ...[0, 0.1, -0.1, 10, 10.1, 100].flatMap((x) => [x + 0.5, 0.5, 1, 1]));
  expect(plain(nonMaxSuppression.eval([centred, scores, ...settings], { centerBoxes: true }, context))).toEqual(
    expected,
  );
});

test("without a limit nothing is picked", () => {
  const none = nonMaxSuppression.eval([boxes, scores, undefined, undefined, undefined], {}, context) as Tensor;
  expect(none.shape).toEqual([0, 3]);
});

test("col2Im adds up overlapping blocks, as the ONNX reference does", () => {
  const x = f32([1, 4, 9], ...Array.from({ length: 36 }, (_unused, i) => i + 1));
  const image = (attributes: { strides?: number[]; pads?: number[]; dilations?: number[] }) =>
    plain(col2Im.eval([x, i64(4, 4), i64(2, 2)], attributes, context));
  expect(image({})).toEqual([1, 12, 14, 12, 23, 66, 70, 45, 29, 78, 82, 51, 25, 60, 62, 36]);
  expect(image({ pads: [1, 1, 1, 1], dilations: [3, 3] })).toEqual([
    5, 6, 13, 14, 8, 9, 16, 17, 20, 21, 28, 29, 23, 24, 31, 32,
  ]);
  expect(() => image({ strides: [2, 2] })).toThrow("x [1,4,9] does not hold 4 columns of a multiple of 4 elements");
});
