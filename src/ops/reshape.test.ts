import { expect, test } from "vitest";
import { contextFor } from "../graph/evaluate.ts";
import { knownDims } from "../graph/known-dims.ts";
import { constant, input } from "../graph/leaves.ts";
import { formatType, tensorType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import type { Dim } from "../tensor/dim.ts";
import { dimToString, symbol, unknownDim } from "../tensor/dim.ts";
import { fromNumbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { add } from "./add.ts";
import { concat } from "./concat.ts";
import { expand } from "./expand.ts";
import { gather } from "./gather.ts";
import { mul } from "./mul.ts";
import { range } from "./range.ts";
import { reshape } from "./reshape.ts";
import { shapeOf } from "./shape-of.ts";
import { size } from "./size.ts";
import { slice } from "./slice.ts";
import { squeeze } from "./squeeze.ts";
import { tile } from "./tile.ts";
import { transpose } from "./transpose.ts";
import { unsqueeze } from "./unsqueeze.ts";

const [N, T] = [symbol("N"), symbol("T")];
const x = (...shape: Dim[]): Value => input("x", tensorType("f32", shape));
const i64 = (...values: number[]): Tensor => fromNumbers("i64", [values.length], values);
const shapeText = (value: Value): string => formatType(value.type).slice(value.type.kind === "tensor" ? 3 : 0);
const elements = (value: Value): string | undefined => knownDims(value)?.map(dimToString).join(",");
const context = contextFor(new Map());

test("a -1 takes what is left, also over symbols, unknown dims and zeros", () => {
  expect(shapeText(reshape(x(N, T, 12), [N, -1]))).toBe("[N,12*T]");
  expect(shapeText(reshape(x(N, T, 12), [-1, 3, 4]))).toBe("[N*T,3,4]");
  expect(shapeText(reshape(x(N, T, 12), [0, 0, 4, -1], { copyZeros: true }))).toBe("[N,T,4,3]");
  expect(shapeText(reshape(x(unknownDim, 12), [0, -1, 2], { copyZeros: true }))).toBe("[?,6,2]");
  expect(shapeText(reshape(x(0, 3), [0, -1], { copyZeros: true }))).toBe("[0,3]");
  expect(shapeText(reshape(x(0, 3), [3, 0]))).toBe("[3,0]");
  expect(shapeText(reshape(x(N, T), input("shape", tensorType("i64", [3]))))).toBe("[?,?,?]");
});

test("shapes that cannot be taken are named", () => {
  expect(() => reshape(x(2, 3), [4, -1])).toThrow(
    "x f32[2,3] cannot take the shape [4,-1]: the element counts differ.",
  );
  expect(() => reshape(x(2, 3), [7])).toThrow("cannot take the shape [7]");
  expect(() => reshape(x(2, 3), [-1, -1])).toThrow("at most one -1");
  expect(() => reshape.eval([i64(1, 2, 3), i64(2, -1)], {}, context)).toThrow("x [3] cannot take the shape [2,-1]");
});

test("run-time shapes are resolved like known ones", () => {
  const data = fromNumbers(
    "f32",
    [2, 6],
    Float32Array.from({ length: 12 }, (_unused, i) => i),
  );
  const reshaped = (...shape: number[]) =>
    (reshape.eval([data, i64(...shape)], { copyZeros: true }, context) as Tensor).shape;
  expect(reshaped(0, 3, -1)).toEqual([2, 3, 2]);
  expect(reshaped(-1)).toEqual([12]);
  const empty = fromNumbers("f32", [0, 6], []);
  expect((reshape.eval([empty, i64(0, 3, -1)], { copyZeros: true }, context) as Tensor).shape).toEqual([0, 3, 2]);
});

test("expand, tile, squeeze and unsqueeze keep symbols", () => {
  expect(shapeText(expand(x(N, 1, 4), [T, 1]))).toBe("[N,T,4]");
  expect(shapeText(expand(x(3, 1), [2, 1, 5]))).toBe("[2,3,5]");
  expect(() => expand(x(3), [4])).toThrow("x f32[3] does not broadcast with the shape [4].");
  expect(shapeText(tile(x(N, 2), [3, T]))).toBe("[3*N,2*T]");
  expect(shapeText(squeeze(x(N, 1, T, 1), undefined))).toBe("[...]");
  expect(shapeText(squeeze(x(N, 1, T, 1), constant(i64(-1, 1))))).toBe("[N,T]");
  expect(() => squeeze(x(N, 2), constant(i64(1)))).toThrow("axis 1 of x [N,2] cannot be squeezed");
  expect(shapeText(unsqueeze(x(N, T), constant(i64(0, -1))))).toBe("[1,N,T,1]");
  expect(shapeText(transpose(x(N, T, 3), { permutation: [2, 0, 1] }))).toBe("[3,N,T]");
});

test("shape arithmetic keeps its elements", () => {
  const shape = shapeOf(x(N, T, 8));
  expect(elements(shape)).toBe("N,T,8");
  expect(elements(gather(shape, constant(i64(-1, 0)), { axis: 0 }))).toBe("8,N");
  const last = slice(shape, [-1], [Number.MAX_SAFE_INTEGER], undefined, undefined);
  expect(elements(last)).toBe("8");
  expect(elements(slice(shape, [2], [-Number.MAX_SAFE_INTEGER], [0], [-1]))).toBe("8,T,N");
  expect(elements(concat([last, mul(shape, constant(i64(2)))], { axis: 0 }))).toBe("8,2*N,2*T,16");
  expect(elements(squeeze(unsqueeze(last, constant(i64(1))), undefined))).toBeUndefined();
  expect(elements(reshape(last, []))).toBe("8");
  expect(elements(size(x(N, T, 8)))).toBe("8*N*T");
  const [zero, one] = [0, 1].map((n) => constant(fromNumbers("i64", [], [n]))) as [Value, Value];
  expect(shapeText(range(zero, reshape(slice(shape, [1], [2], undefined, undefined), []), one))).toBe("[T]");
  expect(elements(range(zero, add(zero, 3), one))).toBe("0,1,2");
  expect(elements(expand(last, [3]))).toBe("8,8,8");
  expect(elements(tile(last, [2]))).toBe("8,8");
});
