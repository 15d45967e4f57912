import { expect, test } from "vitest";
import { constant, input } from "../graph/leaves.ts";
import { resultBytes } from "../graph/result-bytes.ts";
import { formatType, tensorType } from "../graph/type.ts";
import { ShapeError } from "../tensor/errors.ts";
import { fromNumbers, scalar } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { oneHot } from "./one-hot.ts";
import { range } from "./range.ts";
import { evalValue } from "./testing.ts";

const scalars = (dtype: "f32" | "f64" | "i32" | "i64", ...values: number[]) =>
  values.map((value) => scalar(dtype, value)) as [Tensor, Tensor, Tensor];
const rangeOf = ([start, limit, delta]: [Tensor, Tensor, Tensor]) =>
  range(constant(start), constant(limit), constant(delta));
const typeOf = (given: [Tensor, Tensor, Tensor]) => formatType(rangeOf(given).type);

// By numpy: np.arange(start, limit, delta, dtype).
test.each([
  ["f32", [1, 2, 0.25], [1, 1.25, 1.5, 1.75]],
  ["f32", [1, 0, -0.5], [1, 0.5]],
  ["f64", [0, 1, 0.3], [0, 0.3, 0.6, 0.8999999999999999]],
  ["i32", [10, 4, -2], [10, 8, 6]],
  ["i32", [4, 4, 1], []],
] as const)("%s %j gives %j, and its type says how many", (dtype, given, expected) => {
  const operands = scalars(dtype, ...given);
  expect(evalValue(rangeOf(operands))).toEqual(fromNumbers(dtype, [expected.length], expected));
  expect(typeOf(operands)).toBe(`${dtype}[${expected.length}]`);
});

test("the size of a range is known before it is made", () => {
  expect(resultBytes(range, scalars("f32", -(2 ** 31), 3, 1), {})).toBe(4 * (2 ** 31 + 3));
  expect(resultBytes(range, scalars("i64", 0, 2 ** 40, 1), {})).toBe(8 * 2 ** 40);
  expect(() => typeOf(scalars("f32", 0, 1, 0))).toThrow(ShapeError);
  expect(() => typeOf(scalars("f32", 0, Number.POSITIVE_INFINITY, 1))).toThrow("has no length");
});

test("the size of one-hot lines is known before they are made", () => {
  const indices = input("indices", tensorType("i64", [3]));
  const values = constant(fromNumbers("f32", [2], [0, 1]));
  const depthOf = (depth: Tensor) => formatType(oneHot(indices, constant(depth), values, { axis: -1 }).type);
  expect(depthOf(scalar("f32", 1e9))).toBe("f32[3,1000000000]");
  expect(depthOf(fromNumbers("i64", [1], [5]))).toBe("f32[3,5]");
  expect(() => depthOf(scalar("f32", -1))).toThrow(ShapeError);
});
