import { expect, test } from "vitest";
import { contextFor } from "../graph/evaluate.ts";
import { fromBigints, fromNumbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { tensor } from "../tensor/tensor.ts";
import { scatterElements } from "./scatter-elements.ts";
import { scatterNd } from "./scatter-nd.ts";
import { tensorScatter } from "./tensor-scatter.ts";

const context = contextFor(new Map());
const i64 = (shape: number[], ...values: number[]): Tensor => fromNumbers("i64", shape, values);
const f32 = (shape: number[], ...values: number[]): Tensor => fromNumbers("f32", shape, values);
const data = (t: unknown): unknown[] => Array.from((t as Tensor).data as ArrayLike<unknown>);

// Expected values of the f32 cases come from onnxruntime.
test("updates that meet are combined in order", () => {
  const x = f32([2, 3], 1, 1, 1, 1, 1, 1);
  const [indices, updates] = [i64([2, 3], 0, 2, -2, 1, 1, 1), f32([2, 3], 1, 2, 3, 4, 5, 6)];
  expect(data(scatterElements.eval([x, indices, updates], { axis: 1, reduction: "add" }, context))).toEqual([
    2, 4, 3, 1, 16, 1,
  ]);
  expect(data(x)).toEqual([1, 1, 1, 1, 1, 1]);
  const rows = f32([3, 4], 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
  const blocks = f32([3, 4], 3, 3, 3, 3, 20, 0, 20, 0, 0, 9, 0, 9);
  const places = i64([3, 1], 0, 2, 0);
  const greatest = scatterNd.eval([rows, places, blocks], { reduction: "max" }, context);
  expect(data(greatest)).toEqual([3, 9, 3, 9, 4, 5, 6, 7, 20, 9, 20, 11]);
});

test("integers are exact and wrap, strings are replaced", () => {
  const big = fromBigints("i64", [1], [2n ** 62n + 1n]);
  const twice = scatterElements.eval(
    [big, i64([1], 0), fromBigints("i64", [1], [3n])],
    { axis: 0, reduction: "mul" },
    context,
  );
  expect(data(twice)).toEqual([BigInt.asIntN(64, 3n * (2n ** 62n + 1n))]);
  const words = tensor("string", [3], ["a", "b", "c"]);
  const replaced = scatterNd.eval([words, i64([1, 1], -1), tensor("string", [1], ["z"])], {}, context);
  expect(data(replaced)).toEqual(["a", "b", "z"]);
  const small = fromNumbers("i8", [1], [100]);
  const wrapped = scatterElements.eval([small, i64([1], 0), small], { axis: 0, reduction: "add" }, context);
  expect(data(wrapped)).toEqual([-56]);
});

test("misfits are named", () => {
  const x = f32([2, 3], 0, 0, 0, 0, 0, 0);
  expect(() => scatterElements.eval([x, i64([1, 1], 0), f32([2], 1, 2)], { axis: 0 }, context)).toThrow(
    "got [1,1] and [2]",
  );
  expect(() =>
    scatterElements.eval([x, i64([1, 4], 0, 0, 0, 0), f32([1, 4], 1, 2, 3, 4)], { axis: 0 }, context),
  ).toThrow("reach outside");
  expect(() => scatterNd.eval([x, i64([1, 1], 2), f32([1, 3], 1, 2, 3)], {}, context)).toThrow(
    "index 2 is out of range",
  );
  expect(() => scatterNd.eval([x, i64([1, 1], 1), f32([1, 2], 1, 2)], {}, context)).toThrow(
    "updates must have shape [1,3], got [1,2].",
  );
});

test("tensorScatter writes rows at each batch entry's own place, around the end when circular", () => {
  const cache = f32([2, 1, 3, 1], 0, 0, 0, 0, 0, 0);
  const update = f32([2, 1, 2, 1], 1, 2, 3, 4);
  const written = (circular: boolean, ...starts: number[]) =>
    data(tensorScatter.eval([cache, update, i64([2], ...starts), undefined], { axis: -2, circular }, context));
  expect(written(false, 1, 0)).toEqual([0, 1, 2, 3, 4, 0]);
  expect(written(true, 2, 0)).toEqual([2, 0, 1, 3, 4, 0]);
  expect(() => written(false, 2, 0)).toThrow("do not leave room for 2 entries in 2 rows of 3");
});

test("tensorScatter leaves zeros behind the end of each batch entry", () => {
  const cache = f32([2, 1, 4, 1], 9, 9, 9, 9, 9, 9, 9, 9);
  const update = f32([2, 1, 2, 1], 1, 2, 3, 4);
  const written = tensorScatter.eval([cache, update, i64([2], 1, 0), i64([2], 3, 1)], { axis: 2 }, context);
  expect(data(written)).toEqual([9, 1, 2, 0, 3, 0, 0, 0]);
});

test("tensorScatter names operands whose shapes do not fit the cache", () => {
  const [cache, update] = [f32([2, 1, 2, 1], 1, 2, 3, 4), f32([2, 1, 1, 1], 1, 2)];
  const write = (...operands: (Tensor | undefined)[]) => tensorScatter.eval(operands as never, { axis: 2 }, context);
  expect(() => write(update, cache)).toThrow("update [2,1,2,1] does not fit the cache [2,1,1,1].");
  expect(() => write(cache, update, i64([1], 0))).toThrow("starts [1] must be one for each of 2 rows.");
  expect(() => write(cache, update, undefined, i64([3], 0, 0, 0))).toThrow("ends [3] must be one for each of 2 rows.");
});
