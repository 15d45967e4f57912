import { describe, expect, test } from "vitest";
import type { DType } from "./dtype.ts";
import { dtypeNames, dtypes } from "./dtype.ts";
import { ShapeError } from "./errors.ts";
import { bigints, fromBigints, fromNumbers, numbers, scalar } from "./numbers.ts";
import type { Tensor } from "./tensor.ts";
import { storageLength } from "./tensor.ts";

const plain = dtypeNames.filter((dtype) => !["complex", "string"].includes(dtypes[dtype].kind));

test.each(plain)("%s: values come back", (dtype) => {
  const values = dtype === "bool" ? [1, 0, 1] : dtype === "f8e8m0" ? [1, 2, 0.5] : [1, 0, 1];
  const t = fromNumbers(dtype, [3], values);
  expect([...numbers(t)]).toEqual(values);
  expect(t.data.length).toBe(storageLength(dtype, 3));
});

test.each(plain.filter((dtype) => ["int", "uint", "bool"].includes(dtypes[dtype].kind)))("%s as bigints", (dtype) => {
  const t = fromBigints(dtype, [3], [1n, 0n, 1n]);
  expect([...bigints(t)]).toEqual([1n, 0n, 1n]);
});

describe("storage is not copied where it fits", () => {
  test.each([
    ["f32", new Float32Array([1.5, 2])],
    ["u8", new Uint8Array([1, 255])],
    ["i32", new Int32Array([1, -5])],
    ["bool", new Uint8Array([1, 0])],
  ] as const)("%s", (dtype, values) => {
    const t = fromNumbers(dtype, [2], values);
    expect(t.data).toBe(values);
    expect(numbers(t)).toBe(values);
  });

  test("i64", () => {
    const values = new BigInt64Array([1n, -1n]);
    const t = fromBigints("i64", [2], values);
    expect(t.data).toBe(values);
    expect(bigints(t)).toBe(values);
  });

  test("but f16 numbers in a Uint16Array are values, not bits", () => {
    expect(numbers(fromNumbers("f16", [2], new Uint16Array([1, 2])))).toEqual(new Float32Array([1, 2]));
  });
});

describe("conversion", () => {
  test.each<[DType, number[], number[]]>([
    ["i8", [200, -129, 1.9, -1.9, Number.NaN, Infinity], [-56, 127, 1, -1, 0, 0]],
    ["u8", [256, -1, 255.9], [0, 255, 255]],
    ["u32", [-1, 2 ** 32 + 3], [2 ** 32 - 1, 3]],
    ["i64", [1.9, -1.9, Number.NaN, -Infinity, 2 ** 60], [1, -1, 0, 0, 2 ** 60]],
    ["u64", [-1, 3.5], [2 ** 64, 3]],
    ["i4", [7, 8, -8, -9, 1], [7, -8, -8, 7, 1]],
    ["u4", [15, 16, -1], [15, 0, 15]],
    ["i2", [1, 2, -2, -3, 0], [1, -2, -2, 1, 0]],
    ["u2", [3, 4, -1, 2, 1], [3, 0, 3, 2, 1]],
    ["bool", [0, -0, 2, 0.5, Number.NaN], [0, 0, 1, 1, 1]],
    ["f4e2m1", [0.25, 0.75, 2.5, 100, -5], [0, 1, 2, 6, -4]],
    ["f16", [1 / 3, 1e6], [0.333251953125, Infinity]],
    ["bf16", [1 / 3], [0.333984375]],
    ["f8e4m3fn", [1000, -1000], [448, -448]],
  ])("%s of %j", (dtype, values, expected) => {
    expect([...numbers(fromNumbers(dtype, [values.length], values))]).toEqual(expected);
  });

  test("bytes other than 0 and 1 become true", () => {
    expect(fromNumbers("bool", [3], new Uint8Array([0, 2, 255])).data).toEqual(new Uint8Array([0, 1, 1]));
  });

  test("f8 overflows when it may not saturate", () => {
    expect(numbers(fromNumbers("f8e5m2", [1], [1e9], { saturate: false }))[0]).toBe(Infinity);
    expect(numbers(fromNumbers("f8e4m3fn", [1], [1e9], { saturate: false }))[0]).toBeNaN();
  });

  test("packed types put the first element in the low bits", () => {
    expect(fromNumbers("u4", [3], [1, 2, 3]).data).toEqual(new Uint8Array([0x21, 0x03]));
    expect(fromNumbers("i2", [5], [1, -1, 0, -2, 1]).data).toEqual(new Uint8Array([0b10001101, 0b01]));
  });

  test("64-bit integers keep all bits and wrap", () => {
    const most = 2n ** 63n - 1n;
    expect([...bigints(fromBigints("i64", [2], [most, most + 1n]))]).toEqual([most, -most - 1n]);
    expect([...bigints(fromBigints("u64", [1], [-1n]))]).toEqual([2n ** 64n - 1n]);
    expect([...numbers(fromBigints("i8", [2], [2n ** 40n + 200n, -1n]))]).toEqual([-56, -1]);
    expect([...numbers(fromBigints("u32", [1], [2n ** 32n + 7n]))]).toEqual([7]);
  });

  test("a bigint whose low bits are zero is still true", () => {
    expect([...numbers(fromBigints("bool", [2], [2n ** 40n, 0n]))]).toEqual([1, 0]);
  });

  test("bigints are rounded to floats once", () => {
    // Just above the middle of two f32 neighbours, which a double cannot tell from the middle.
    const aboveMiddle = 2n ** 60n + 2n ** 36n + 1n;
    expect(numbers(fromBigints("f32", [2], [aboveMiddle, -aboveMiddle]))).toEqual(
      new Float32Array([2 ** 60 + 2 ** 37, -(2 ** 60) - 2 ** 37]),
    );
    expect([...numbers(fromBigints("f64", [1], [2n ** 53n + 1n]))]).toEqual([2 ** 53]);
    expect([...numbers(fromBigints("f16", [2], [65519n, -3n]))]).toEqual([65504, -3]);
  });
});

test("scalars", () => {
  expect(scalar("f32", 1.5)).toEqual({ dtype: "f32", shape: [], data: new Float32Array([1.5]) });
  expect(scalar("i64", 3)).toEqual({ dtype: "i64", shape: [], data: new BigInt64Array([3n]) });
  expect(scalar("i64", -(2n ** 63n)).data[0]).toBe(-(2n ** 63n));
  expect(scalar("bool", true).data).toEqual(new Uint8Array([1]));
  expect(scalar("string", "x")).toEqual({ dtype: "string", shape: [], data: ["x"] });
});

describe("errors", () => {
  test("strings and complex numbers are no numbers", () => {
    const text: Tensor = { dtype: "string", shape: [1], data: ["a"] };
    expect(() => numbers(text)).toThrow(ShapeError);
    expect(() => numbers(text)).toThrow("dtype string");
    expect(() => bigints(text)).toThrow("dtype string");
    expect(() => bigints(fromNumbers("f32", [1], [1]))).toThrow("dtype f32");
    expect(() => fromNumbers("c64", [1], [1])).toThrow("dtype c64");
    expect(() => scalar("f32", "1")).toThrow('"1"');
  });

  test("a count that does not fit the shape", () => {
    expect(() => fromNumbers("f32", [2, 3], [1, 2])).toThrow("A tensor f32[2,3] needs 6 values, got 2.");
    expect(() => fromBigints("i64", [2], [1n])).toThrow("A tensor i64[2] needs 2 values, got 1.");
  });
});
