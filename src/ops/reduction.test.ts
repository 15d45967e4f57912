import { expect, test } from "vitest";
import { contextFor } from "../graph/evaluate.ts";
import { knownDims } from "../graph/known-dims.ts";
import { dims, input } from "../graph/leaves.ts";
import { formatType, tensorType } from "../graph/type.ts";
import { dimToString, mulDims, symbol } from "../tensor/dim.ts";
import type { DType } from "../tensor/dtype.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { tensor } from "../tensor/tensor.ts";
import { dynamicReduce } from "./dynamic-reduce.ts";
import { reduceMax } from "./reduce-max.ts";
import { reduceMean } from "./reduce-mean.ts";
import { reduceMin } from "./reduce-min.ts";
import { reduceProd } from "./reduce-prod.ts";
import { reduceSum } from "./reduce-sum.ts";
import type { ReduceAttributes, ReductionOp } from "./reduction.ts";

const context = contextFor(new Map());
const run = (reduce: ReductionOp, x: Tensor, attributes: ReduceAttributes = {}): Tensor =>
  reduce.eval([x], attributes, context) as Tensor;
/** arange(24).reshape(2, 3, 4) * 7 % 11 - 5 in numpy; the expected values below are numpy's. */
const x = (dtype: DType): Tensor =>
  fromNumbers(
    dtype,
    [2, 3, 4],
    Float64Array.from({ length: 24 }, (_unused, i) => ((i * 7) % 11) - 5),
  );

const plain = (t: Tensor): number[] => Array.from(numbers(t), (value) => value + 0);

test.each(["f32", "f64", "f16", "bf16", "i32", "i64", "i8"] as const)("equals numpy over any axes, %s", (dtype) => {
  const sum = run(reduceSum, x(dtype), { axes: [0, -1] });
  expect([sum.dtype, sum.shape, plain(sum)]).toEqual([dtype, [3], [6, -1, -8]]);
  const product = run(reduceProd, x(dtype), { axes: [1], keepDims: true });
  expect([product.shape, plain(product)]).toEqual([
    [2, 1, 4],
    [20, -18, 8, 0, -18, 8, 0, -8],
  ]);
  expect(plain(run(reduceMax, x(dtype), { axes: [2, 1] }))).toEqual([5, 5]);
  expect(plain(run(reduceMin, x(dtype), { axes: [0] }))).toEqual([-5, -2, -2, 1, -3, -3, 0, -4, -4, -1, -5, -5]);
  expect(plain(run(reduceSum, x(dtype)))).toEqual([-3]);
});

test("means round once, and are cut towards zero for integers", () => {
  expect(plain(run(reduceMean, x("f64"), { axes: [0, 1] }))).toEqual([-1, 0.5, 1 / 6, -1 / 6]);
  expect(plain(run(reduceMean, x("f32"), { axes: [0, 1] }))).toEqual([-1, 0.5, 1 / 6, -1 / 6].map(Math.fround));
  expect(plain(run(reduceMean, fromNumbers("i64", [3], [-4, 0, 2])))).toEqual([0]);
  expect(plain(run(reduceMean, fromNumbers("f16", [3], [60000, 60000, 60000])))).toEqual([60000]);
});

test("reducing nothing gives the identity of the reduction", () => {
  const none = (dtype: DType) => fromNumbers(dtype, [2, 0], []);
  const over = (reduce: ReductionOp, dtype: DType) => plain(run(reduce, none(dtype), { axes: [1] }));
  expect(over(reduceSum, "f32")).toEqual([0, 0]);
  expect(over(reduceProd, "i64")).toEqual([1, 1]);
  expect(over(reduceMean, "f32")).toEqual([Number.NaN, Number.NaN]);
  expect(over(reduceMax, "f32")).toEqual([-Infinity, -Infinity]);
  expect(over(reduceMin, "u8")).toEqual([255, 255]);
  expect(over(reduceMax, "bool")).toEqual([0, 0]);
  expect(run(reduceMin, none("i64"), { axes: [1] }).data).toEqual(BigInt64Array.of(2n ** 63n - 1n, 2n ** 63n - 1n));
  expect(run(reduceSum, none("f32"), { axes: [0] }).shape).toEqual([0]);
});

test("64-bit sums are exact and wrap; NaN wins a maximum", () => {
  const big = tensor("i64", [3], BigInt64Array.of(2n ** 62n, 1n, 2n ** 62n));
  expect(run(reduceSum, big).data).toEqual(BigInt64Array.of(-(2n ** 63n) + 1n));
  expect(plain(run(reduceMax, fromNumbers("f32", [3], [1, Number.NaN, 2])))).toEqual([Number.NaN]);
  expect(plain(run(reduceProd, fromNumbers("i32", [3], [65537, 65537, 3])))).toEqual([393219]);
});

test("types keep symbols, and reductions of shapes stay symbolic", () => {
  const n = symbol("N");
  const value = input("x", tensorType("f32", [2, n, 4]));
  expect(formatType(reduceMax(value, { axes: [-1], keepDims: true }).type)).toBe("f32[2,N,1]");
  expect(formatType(reduceMax(value).type)).toBe("f32[]");
  expect(formatType(reduceMax(input("x", tensorType("f32", undefined)), { axes: [0] }).type)).toBe("f32[...]");
  expect(knownDims(reduceProd(dims([2, n, 4])))?.map(dimToString)).toEqual([dimToString(mulDims(8, n))]);
  expect(() => reduceSum(value, { axes: [3] })).toThrow("axes: 3 is out of range for rank 3");
});

test("dynamicReduce takes its axes from a tensor", () => {
  const at = (axes: number[], noneWhenEmpty: boolean) =>
    dynamicReduce.eval(
      [x("f32"), fromNumbers("i64", [axes.length], axes)],
      { kind: "sum", keepDims: false, noneWhenEmpty },
      context,
    ) as Tensor;
  expect(plain(at([0, 2], false))).toEqual([6, -1, -8]);
  expect(plain(at([], false))).toEqual([-3]);
  expect(at([], true)).toEqual(x("f32"));
  const axes = input("axes", tensorType("i64", [2]));
  const value = input("x", tensorType("f32", [2, 3, 4]));
  const inferred = (keepDims: boolean) =>
    formatType(dynamicReduce(value, axes, { kind: "sum", keepDims, noneWhenEmpty: true }).type);
  expect([inferred(false), inferred(true)]).toEqual(["f32[?]", "f32[?,?,?]"]);
});
