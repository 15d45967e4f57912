import { expect, test } from "vitest";
import { contextFor } from "../graph/evaluate.ts";
import { constant, input } from "../graph/leaves.ts";
import { formatType, tensorType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import { symbol, unknownDim } from "../tensor/dim.ts";
import { fromNumbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { PadMode } from "./pad.ts";
import { pad } from "./pad.ts";

const x = fromNumbers(
  "f32",
  [3, 4],
  Float32Array.from({ length: 12 }, (_unused, i) => i),
);
const i64 = (...values: number[]): Tensor => fromNumbers("i64", [values.length], values);

function padded(mode: PadMode, pads: readonly number[], axes?: readonly number[], value?: number): unknown {
  const operands = [
    x,
    i64(...pads),
    value === undefined ? undefined : fromNumbers("f32", [], [value]),
    axes && i64(...axes),
  ];
  const y = pad.eval(operands as never, { mode }, contextFor(new Map())) as Tensor;
  const [, columns] = y.shape as [number, number];
  return Array.from({ length: y.shape[0]! }, (_unused, row) =>
    Array.from(y.data as Float32Array).slice(row * columns, (row + 1) * columns),
  );
}

// Expected rows come from numpy.pad through the ONNX reference.
test("wide pads reflect, repeat the edge and wrap around", () => {
  const pads = [0, 2, 0, 3];
  expect(padded("reflect", pads)).toEqual([
    [2, 1, 0, 1, 2, 3, 2, 1, 0],
    [6, 5, 4, 5, 6, 7, 6, 5, 4],
    [10, 9, 8, 9, 10, 11, 10, 9, 8],
  ]);
  expect(padded("edge", [1, 2, 1, 3])).toEqual([
    [0, 0, 0, 1, 2, 3, 3, 3, 3],
    [0, 0, 0, 1, 2, 3, 3, 3, 3],
    [4, 4, 4, 5, 6, 7, 7, 7, 7],
    [8, 8, 8, 9, 10, 11, 11, 11, 11],
    [8, 8, 8, 9, 10, 11, 11, 11, 11],
  ]);
  expect(padded("wrap", [1, 2, 0, 3])).toEqual([
    [10, 11, 8, 9, 10, 11, 8, 9, 10],
    [2, 3, 0, 1, 2, 3, 0, 1, 2],
    [6, 7, 4, 5, 6, 7, 4, 5, 6],
    [10, 11, 8, 9, 10, 11, 8, 9, 10],
  ]);
});

test("negative pads cut before anything is added, as in onnxruntime", () => {
  expect(padded("constant", [-1, 2, 1, -2], undefined, 9)).toEqual([
    [9, 9, 4, 5],
    [9, 9, 8, 9],
    [9, 9, 9, 9],
  ]);
  expect(padded("reflect", [0, -1, 0, 1])).toEqual([
    [1, 2, 3, 2],
    [5, 6, 7, 6],
    [9, 10, 11, 10],
  ]);
  expect(padded("constant", [1, -1], [-1])).toEqual([
    [0, 0, 1, 2],
    [0, 4, 5, 6],
    [0, 8, 9, 10],
  ]);
  expect(() => padded("constant", [-2, 0, -2, 0])).toThrow("pads cut more off x [3,4] than there is");
});

test("types count what is known", () => {
  const symbolic = input("x", tensorType("f32", [symbol("N"), 4]));
  const of = (pads: Value | number[], axes?: Value) =>
    formatType(pad(symbolic, pads, undefined, axes, { mode: "constant" }).type);
  expect(of([1, 0, 1, -2])).toBe("f32[N+2,2]");
  expect(of([1, 1], constant(i64(-1)))).toBe("f32[N,6]");
  expect(of(input("pads", tensorType("i64", [2])), constant(i64(0)))).toBe("f32[?,4]");
  expect(of(input("pads", tensorType("i64", [unknownDim])), input("axes", tensorType("i64", [1])))).toBe("f32[?,?]");
  expect(() => of([1, 1, 1])).toThrow("pads must have two entries for each of 2 axes of x f32[N,4], got 3.");
});
