import { expect, test } from "vitest";
import { contextFor } from "../graph/evaluate.ts";
import { input } from "../graph/leaves.ts";
import { formatType, tensorType } from "../graph/type.ts";
import { symbol } from "../tensor/dim.ts";
import type { DType } from "../tensor/dtype.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { tensor } from "../tensor/tensor.ts";
import { matmul } from "./matmul.ts";
import { matmulInteger } from "./matmul-integer.ts";

const context = contextFor(new Map());
const product = (a: Tensor, b: Tensor): Tensor => matmul.eval([a, b], {}, context) as Tensor;
const range = (dtype: DType, shape: number[], value: (i: number) => number = (i) => i): Tensor =>
  fromNumbers(
    dtype,
    shape,
    Array.from({ length: shape.reduce((x, y) => x * y, 1) }, (_unused, i) => value(i)),
  );
const plain = (t: Tensor): number[] => Array.from(numbers(t), (value) => value + 0);

test.each(["f32", "f64", "f16", "i8", "i32", "u32", "i64"] as const)(
  "broadcasts and takes vectors as numpy, %s",
  (dtype) => {
    const wrap = (values: number[]) => plain(fromNumbers(dtype, [values.length], values));
    const a = range(dtype, [2, 2, 3], (i) => i - 5);
    const b = range(dtype, [2, 1, 3, 2], (i) => (i % 5) - 2);
    const y = product(a, b);
    expect([y.dtype, y.shape]).toEqual([dtype, [2, 2, 2, 2]]);
    expect(plain(y)).toEqual(wrap([4, 7, 4, 1, 4, -5, 4, -11, 7, -5, 1, -2, -5, 1, -11, 4]));
    const row = product(
      range(dtype, [3]),
      range(dtype, [2, 3, 2], (i) => i),
    );
    expect([row.shape, plain(row)]).toEqual([
      [2, 2],
      [10, 13, 28, 31],
    ]);
    const column = product(range(dtype, [2, 2, 3]), range(dtype, [3]));
    expect([column.shape, plain(column)]).toEqual([
      [2, 2],
      [5, 14, 23, 32],
    ]);
    expect(product(range(dtype, [3]), range(dtype, [3]))).toEqual(fromNumbers(dtype, [], [5]));
  },
);

test("empty inner dims give zeros, empty outer ones nothing", () => {
  expect(product(range("f32", [2, 0]), range("f32", [0, 3]))).toEqual(fromNumbers("f32", [2, 3], [0, 0, 0, 0, 0, 0]));
  expect(product(range("f32", [0, 2]), range("f32", [2, 3])).shape).toEqual([0, 3]);
});

test("64-bit and 32-bit integers wrap exactly", () => {
  const big = (values: bigint[]) => tensor("i64", [2], BigInt64Array.from(values));
  expect(product(big([2n ** 40n, 3n]), big([2n ** 30n + 1n, 5n])).data).toEqual(
    BigInt64Array.of(BigInt.asIntN(64, 2n ** 70n + 2n ** 40n + 15n)),
  );
  expect(plain(product(fromNumbers("i32", [2], [2 ** 31 - 1, 3]), fromNumbers("i32", [2], [2 ** 31 - 1, 5])))).toEqual([
    16,
  ]);
});

test("types: symbols flow, contradictions name both operands", () => {
  const value = (...shape: (number | ReturnType<typeof symbol>)[]) => input("x", tensorType("f32", shape));
  const n = symbol("N");
  expect(formatType(matmul(value(n, 1, 4, 3), value(5, 3, n)).type)).toBe("f32[N,5,4,N]");
  expect(formatType(matmul(value(n), value(3, 2)).type)).toBe("f32[2]");
  expect(() => matmul(value(4, 3), value(4, 3))).toThrow(
    "the inner dims differ: a f32[4,3] has k=3, b f32[4,3] has k=4.",
  );
  expect(() => matmul(value(2, 4, 3), value(3, 3, 3))).toThrow("the batch axes do not broadcast");
});

test("matmulInteger takes a zero point for all, per row and per column", () => {
  const a = fromNumbers("u8", [4, 3], [11, 7, 3, 10, 6, 2, 9, 5, 1, 8, 4, 0]);
  const b = fromNumbers("u8", [3, 2], [1, 4, 2, 5, 3, 6]);
  const run = (...inputs: (Tensor | undefined)[]) => matmulInteger.eval(inputs, {}, context) as Tensor;
  expect(plain(run(a, b, fromNumbers("u8", [], [12]), fromNumbers("u8", [], [0])))).toEqual([
    -38, -83, -44, -98, -50, -113, -56, -128,
  ]);
  const [rows, columns] = [fromNumbers("u8", [4], [12, 11, 10, 9]), fromNumbers("u8", [2], [1, 2])];
  const expected = [-23, -53, -23, -53, -23, -53, -23, -53];
  expect(plain(run(a, b, rows, columns))).toEqual(expected);
  const stack = (t: Tensor, shape: number[]) => fromNumbers(t.dtype, shape, [...numbers(t), ...numbers(t)]);
  const batched = run(stack(a, [2, 4, 3]), stack(b, [2, 3, 2]), stack(rows, [2, 4, 1]), stack(columns, [2, 1, 2]));
  expect([batched.shape, plain(batched)]).toEqual([
    [2, 4, 2],
    [...expected, ...expected],
  ]);
});
