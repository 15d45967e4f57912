import { expect, test } from "vitest";
import { contextFor } from "../graph/evaluate.ts";
import { input } from "../graph/leaves.ts";
import { formatType, tensorType } from "../graph/type.ts";
import { symbol } from "../tensor/dim.ts";
import { fromNumbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { tensor } from "../tensor/tensor.ts";
import { compress } from "./compress.ts";
import { concat } from "./concat.ts";
import { gather } from "./gather.ts";
import { gatherElements } from "./gather-elements.ts";
import { gatherNd } from "./gather-nd.ts";
import { oneHot } from "./one-hot.ts";
import { reverseSequence } from "./reverse-sequence.ts";
import { trilu } from "./trilu.ts";

const context = contextFor(new Map());
const counted = (...shape: number[]): Tensor =>
  fromNumbers(
    "f32",
    shape,
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_unused, i) => i),
  );
const i64 = (shape: number[], ...values: number[]): Tensor => fromNumbers("i64", shape, values);
const show = (t: unknown): [readonly number[], unknown[]] => [
  (t as Tensor).shape,
  Array.from((t as Tensor).data as ArrayLike<unknown>),
];

// Expected values come from numpy and onnxruntime.
test("gather takes entries of any dtype, indices counting from the end too", () => {
  const words = tensor("string", [2, 2], ["a", "b", "c", "d"]);
  expect(show(gather.eval([words, i64([1], -1)], { axis: 0 }, context))).toEqual([
    [1, 2],
    ["c", "d"],
  ]);
  expect(show(gather.eval([counted(2, 3), i64([2, 1], 2, 0)], { axis: 1 }, context))).toEqual([
    [2, 2, 1],
    [2, 0, 5, 3],
  ]);
  const packed = fromNumbers("i4", [4], [1, -2, 3, -4]);
  expect(gather.eval([packed, i64([], 3)], { axis: 0 }, context)).toEqual(fromNumbers("i4", [], [-4]));
  expect(() => gather.eval([words, i64([], 2)], { axis: 1 }, context)).toThrow(
    "index 2 is out of range for axis 1 of x, which has 2 entries.",
  );
  const type = gather(input("x", tensorType("f32", [9, symbol("D")])), input("i", tensorType("i64", [symbol("T")])), {
    axis: 0,
  }).type;
  expect(formatType(type)).toBe("f32[T,D]");
});

test("gatherElements and gatherNd", () => {
  expect(show(gatherElements.eval([counted(3, 4), i64([2, 2], 0, -1, 1, 1)], { axis: 0 }, context))).toEqual([
    [2, 2],
    [0, 9, 4, 5],
  ]);
  const rows = gatherNd.eval([counted(2, 3, 4), i64([2, 2, 1], 0, 2, 1, 1)], { batchDims: 1 }, context);
  expect(show(rows)).toEqual([
    [2, 2, 4],
    [0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 16, 17, 18, 19],
  ]);
  expect(show(gatherNd.eval([counted(2, 3), i64([2, 2], 0, -1, 1, 0)], { batchDims: 0 }, context))).toEqual([
    [2],
    [2, 3],
  ]);
});

test("compress, concat, oneHot, reverseSequence, trilu", () => {
  const flags = fromNumbers("bool", [4], [0, 1, 0, 1]);
  expect(show(compress.eval([counted(3, 4), flags], { axis: 1 }, context))).toEqual([
    [3, 2],
    [1, 3, 5, 7, 9, 11],
  ]);
  expect(show(compress.eval([counted(3, 4), flags], {}, context))).toEqual([[2], [1, 3]]);
  const joined = concat.eval([counted(2, 1), counted(2, 2), counted(2, 0)], { axis: -1 }, context);
  expect(show(joined)).toEqual([
    [2, 3],
    [0, 0, 1, 1, 2, 3],
  ]);
  const hot = oneHot.eval(
    [i64([2, 2], 1, -1, 5, 0), i64([1], 3), fromNumbers("f32", [2], [2, 7])],
    { axis: 1 },
    context,
  );
  expect(show(hot)).toEqual([
    [2, 3, 2],
    [2, 2, 7, 2, 2, 7, 2, 7, 2, 2, 2, 2],
  ]);
  const reversed = reverseSequence.eval([counted(2, 3, 2), i64([2], 3, 1)], { batchAxis: 0, timeAxis: 1 }, context);
  expect(show(reversed)[1]).toEqual([4, 5, 2, 3, 0, 1, 6, 7, 8, 9, 10, 11]);
  const triangle = (k: number, upper: boolean) => show(trilu.eval([counted(3, 4), i64([], k)], { upper }, context))[1];
  expect(triangle(1, true)).toEqual([0, 1, 2, 3, 0, 0, 6, 7, 0, 0, 0, 11]);
  expect(triangle(-1, false)).toEqual([0, 0, 0, 0, 4, 0, 0, 0, 8, 9, 0, 0]);
  expect(triangle(-9, false)).toEqual(new Array(12).fill(0));
});
