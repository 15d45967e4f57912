import { expect, test } from "vitest";
import { contextFor } from "../graph/evaluate.ts";
import { input } from "../graph/leaves.ts";
import { formatType, tensorType } from "../graph/type.ts";
import { symbol } from "../tensor/dim.ts";
import { fromBigints, fromNumbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { tensor } from "../tensor/tensor.ts";
import { argMax } from "./arg-max.ts";
import { argMin } from "./arg-min.ts";
import { cumProd } from "./cum-prod.ts";
import { cumSum } from "./cum-sum.ts";
import { topK } from "./top-k.ts";
import { unique } from "./unique.ts";

const context = contextFor(new Map());
/** (arange(24) * 7 % 11 - 5).reshape(2, 3, 4) in numpy; the expected values are onnxruntime's. */
const z = fromNumbers(
  "f32",
  [2, 3, 4],
  Float32Array.from({ length: 24 }, (_unused, i) => ((i * 7) % 11) - 5),
);
const i64 = (...values: number[]): Tensor => fromNumbers("i64", [values.length], values);
const plain = (t: unknown): number[] => Array.from((t as Tensor).data as ArrayLike<number | bigint>, Number);

test("topK equals onnxruntime, and prefers the lower index among equals", () => {
  const [values, indices] = topK.eval([z, i64(2)], { axis: 1, largest: true }, context) as readonly Tensor[];
  expect([values!.shape, plain(values)]).toEqual([
    [2, 2, 4],
    [1, 3, 4, 5, -4, 2, -1, 0, 3, 4, 5, 2, 2, -1, 0, 1],
  ]);
  expect(plain(indices)).toEqual([1, 2, 1, 0, 2, 0, 2, 1, 2, 1, 0, 2, 0, 2, 1, 0]);
  const [least, at] = topK.eval([z, i64(3)], { axis: -1, largest: false }, context) as readonly Tensor[];
  expect(plain(least)).toEqual([-5, -2, 2, -3, 0, 1, -5, -4, -1, -2, 1, 2, -4, -3, 0, -5, -1, 2]);
  expect(plain(at)).toEqual([0, 2, 1, 1, 3, 0, 3, 0, 2, 1, 3, 0, 3, 0, 2, 2, 1, 3]);
  const ties = topK.eval(
    [fromNumbers("i8", [5], [3, 7, 3, 7, 3]), i64(4)],
    { axis: 0, largest: true },
    context,
  ) as readonly Tensor[];
  expect(plain(ties[1])).toEqual([1, 3, 0, 2]);
  const big = fromBigints("i64", [2], [2n ** 60n, 2n ** 60n + 1n]);
  expect(plain((topK.eval([big, i64(1)], { axis: 0, largest: true }, context) as readonly Tensor[])[1])).toEqual([1]);
});

test("topK has the type that k says", () => {
  const x = input("x", tensorType("f32", [symbol("N"), 10]));
  expect(formatType(topK(x, [4], { axis: -1, largest: true }).type)).toBe("(f32[N,4], i64[N,4])");
  expect(() => topK(x, [11], { axis: -1, largest: true })).toThrow(
    "k is 11, but axis -1 of x f32[N,10] has 10 entries.",
  );
});

test("argMax and argMin", () => {
  const t = fromNumbers("f32", [2, 4], [1, 3, 3, 0, 2, 2, 1, 2]);
  expect(plain(argMax.eval([z], { axis: 1, keepDims: false }, context))).toEqual([1, 2, 1, 0, 2, 1, 0, 2]);
  const last = argMax.eval([t], { axis: -1, keepDims: true, selectLastIndex: true }, context) as Tensor;
  expect([last.shape, plain(last)]).toEqual([
    [2, 1],
    [2, 3],
  ]);
  expect(plain(argMin.eval([t], { axis: 1, keepDims: false }, context))).toEqual([3, 2]);
  const nan = fromNumbers("f32", [3], [1, Number.NaN, 5]);
  expect(plain(argMax.eval([nan], { axis: 0, keepDims: false }, context))).toEqual([1]);
  expect(() => argMax.eval([fromNumbers("f32", [2, 0], [])], { axis: 1, keepDims: false }, context)).toThrow(
    "no elements along axis 1",
  );
});

test("unique elements and slices, sorted or by first occurrence", () => {
  const x = fromNumbers("f32", [6], [3, 1, 3, 2, 1, 3]);
  const results = (t: Tensor, attributes: { axis?: number; sorted: boolean }) =>
    (unique.eval([t], attributes, context) as readonly Tensor[]).map(plain);
  expect(results(x, { sorted: true })).toEqual([
    [1, 2, 3],
    [1, 3, 0],
    [2, 0, 2, 1, 0, 2],
    [2, 1, 3],
  ]);
  expect(results(x, { sorted: false })).toEqual([
    [3, 1, 2],
    [0, 1, 3],
    [0, 1, 0, 2, 1, 0],
    [3, 2, 1],
  ]);
  const columns = fromNumbers("f32", [2, 4], [2, 1, 2, 0, 0, 5, 0, 5]);
  expect(results(columns, { axis: 1, sorted: true })).toEqual([
    [0, 1, 2, 5, 5, 0],
    [3, 1, 0],
    [2, 1, 2, 0],
    [1, 1, 2],
  ]);
  const words = unique.eval([tensor("string", [3], ["b", "a", "b"])], { sorted: true }, context) as readonly Tensor[];
  expect(words[0]!.data).toEqual(["a", "b"]);
});

test("running sums and products", () => {
  const x = { ...z, shape: [6, 4] };
  const first = (t: unknown) => plain(t).slice(0, 8);
  expect(first(cumSum.eval([x, i64(1)], { exclusive: true, reverse: true }, context))).toEqual([
    5, 3, 5, 0, 1, 4, 0, 0,
  ]);
  expect(first(cumSum.eval([x, i64(0)], {}, context))).toEqual([-5, 2, -2, 5, -4, -1, 2, 5]);
  expect(plain(cumProd.eval([fromNumbers("f64", [4], [1, 2, 3, 4]), i64(0)], {}, context))).toEqual([1, 2, 6, 24]);
  expect(plain(cumSum.eval([fromNumbers("u8", [3], [200, 100, 1]), i64(0)], {}, context))).toEqual([200, 44, 45]);
  expect(() => cumSum.eval([x, i64(2)], {}, context)).toThrow("axis 2 is out of range for rank 2");
});
