import { describe, expect, it } from "vitest";
import { ops } from "../ops/index.ts";
import { dimToString, symbol } from "../tensor/dim.ts";
import { fromBigints, fromNumbers } from "../tensor/numbers.ts";
import { knownDims, knownNumbers } from "./known-dims.ts";
import { constant, dims, input } from "./leaves.ts";
import { tensorType } from "./type.ts";

const { concat, gather, mul, shapeOf, slice } = ops;
const x = input("x", tensorType("f32", [symbol("N"), 4, symbol("T")]));

describe("knownDims", () => {
  it("reads integer and boolean constants up to rank 1", () => {
    expect(knownDims(constant(fromBigints("i64", [2], [3n, -1n])))).toEqual([3, -1]);
    expect(knownDims(constant(fromNumbers("i32", [], [7])))).toEqual([7]);
    expect(knownDims(constant(fromNumbers("bool", [2], [1, 0])))).toEqual([1, 0]);
    expect(knownDims(constant(fromNumbers("i64", [1, 2], [1, 2])))).toBeUndefined();
    expect(knownDims(constant(fromNumbers("f32", [2], [1, 2])))).toBeUndefined();
  });

  it("cuts constants beyond 2^53 to the largest exact integer", () => {
    const ends = constant(fromBigints("i64", [2], [2n ** 63n - 1n, -(2n ** 63n)]));
    expect(knownDims(ends)).toEqual([Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER]);
  });

  it("gives up on long constants", () => {
    expect(knownDims(constant(fromNumbers("i64", [1024], new Array<number>(1024).fill(1))))).toHaveLength(1024);
    expect(knownDims(constant(fromNumbers("i64", [1025], new Array<number>(1025).fill(1))))).toBeUndefined();
  });

  it("follows shape arithmetic symbolically", () => {
    const shape = shapeOf(x);
    const doubled = mul(gather(shape, dims([2]), { axis: 0 }), 2);
    const known = knownDims(concat([slice(shape, [0], [1], [0], [1]), doubled], { axis: 0 }));
    expect(known?.map(dimToString)).toEqual(["N", "2*T"]);
  });

  it("knows nothing of inputs", () => {
    expect(knownDims(input("n", tensorType("i64", [2])))).toBeUndefined();
  });
});

describe("knownNumbers", () => {
  it("needs every element to be a number", () => {
    expect(knownNumbers(dims([2, 3]))).toEqual([2, 3]);
    expect(knownNumbers(dims([2, symbol("N")]))).toBeUndefined();
  });
});
