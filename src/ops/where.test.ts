import { describe, expect, it } from "vitest";
import { constant } from "../graph/leaves.ts";
import { bigints, fromBigints, fromNumbers } from "../tensor/numbers.ts";
import { clip } from "./clip.ts";
import { eyeLike } from "./eye-like.ts";
import { constantOf, elements, evalValue } from "./testing.ts";
import { where } from "./where.ts";

const condition = constantOf("bool", [2, 1], [1, 0]);

describe("where", () => {
  it("broadcasts the condition and both operands", () => {
    const y = evalValue(where(condition, constantOf("f32", [3], [1, 2, 3]), constantOf("f32", [], [9])));
    expect(y).toEqual(fromNumbers("f32", [2, 3], [1, 2, 3, 9, 9, 9]));
  });
  it("moves elements of any dtype: strings, packed, 64-bit and complex ones", () => {
    const strings = (...data: string[]) => constant({ dtype: "string", shape: [2], data });
    expect(evalValue(where(constantOf("bool", [2], [0, 1]), strings("a", "b"), strings("c", "d"))).data).toEqual([
      "c",
      "b",
    ]);
    expect(elements(where(condition, constantOf("i4", [1, 2], [-8, 7]), constantOf("i4", [], [1])))).toEqual([
      -8, 7, 1, 1,
    ]);
    const big = (value: bigint) => constant(fromBigints("i64", [], [value]));
    expect(bigints(evalValue(where(condition, big(2n ** 62n + 1n), big(-1n))))).toEqual(
      new BigInt64Array([2n ** 62n + 1n, -1n]),
    );
    const complex = (...data: number[]) => constant({ dtype: "c128", shape: [], data: Float64Array.from(data) });
    expect(evalValue(where(condition, complex(1, 2), complex(3, 4))).data).toEqual(new Float64Array([1, 2, 3, 4]));
  });
  it("names operands of different dtypes", () => {
    expect(() => where(condition, constantOf("f32", [], [1]), constantOf("f64", [], [1]))).toThrow(
      /x f32\[\], y f64\[\]; cast/,
    );
  });
});

describe("clip", () => {
  it("keeps NaN, and gives max where min exceeds it", () => {
    expect(elements(clip(constantOf("f32", [3], [-5, 0.5, Number.NaN]), -1, 0))).toEqual([-1, 0, Number.NaN]);
    expect(elements(clip(constantOf("f32", [2], [-5, 5]), 3, 1))).toEqual([1, 1]);
    expect(elements(clip(constantOf("i8", [2], [-5, 5]), undefined, 3))).toEqual([-5, 3]);
  });
  it("is exact on 64-bit integers", () => {
    const x = constant(fromBigints("i64", [2], [2n ** 62n + 1n, -(2n ** 63n)]));
    const least = constant(fromBigints("i64", [], [-(2n ** 62n) - 1n]));
    expect(bigints(evalValue(clip(x, least, undefined)))).toEqual(
      new BigInt64Array([2n ** 62n + 1n, -(2n ** 62n) - 1n]),
    );
  });
  it("refuses bounds of another dtype or of several elements", () => {
    const x = constantOf("f32", [2], [1, 2]);
    expect(() => clip(x, constantOf("f64", [], [1]), undefined)).toThrow(/min must be a scalar f32, got f64\[\]/);
    expect(() => clip(x, undefined, constantOf("f32", [2], [1, 2]))).toThrow(/max must be a scalar f32, got f32\[2\]/);
  });
});

describe("eyeLike", () => {
  it.each([
    [0, [1, 0, 0, 0, 1, 0]],
    [1, [0, 1, 0, 0, 0, 1]],
    [-1, [0, 0, 0, 1, 0, 0]],
    [5, [0, 0, 0, 0, 0, 0]],
  ])("puts ones on diagonal %i", (k, expected) => {
    const y = evalValue(eyeLike(constantOf("f32", [2, 3], new Float32Array(6)), { k, dtype: "i32" }));
    expect(y).toEqual(fromNumbers("i32", [2, 3], expected));
  });
});
