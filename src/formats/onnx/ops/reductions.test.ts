import { describe, expect, test } from "vitest";
import { input } from "../../../graph/leaves.ts";
import { tensorType } from "../../../graph/type.ts";
import type { Value } from "../../../graph/value.ts";
import { constantOf, elements } from "../../../ops/testing.ts";
import type { Dim } from "../../../tensor/dim.ts";
import { symbol } from "../../../tensor/dim.ts";
import { applyOne } from "./testing.ts";

const f32 = (shape: readonly number[], ...values: number[]): Value => constantOf("f32", shape, values);
const value = (...shape: Dim[]): Value => input("x", tensorType("f32", shape));
const axesOf = (...axes: number[]): Value => constantOf("i64", [axes.length], axes);

describe("reductions", () => {
  const x = value(2, symbol("T"), 4);
  const summary = ({ op, attributes }: Value) => [op.name, attributes];

  test("axes mean the same as an attribute, as an input, and left out", () => {
    const expected = ["reduceMean", { axes: [0, 2], keepDims: true }];
    expect(summary(applyOne({ op: "ReduceMean", opset: 17, attributes: { axes: [-1n, 0n] } }, x))).toEqual(expected);
    expect(summary(applyOne({ op: "ReduceMean", opset: 18 }, x, axesOf(2, -3)))).toEqual(expected);
    const all = { op: "ReduceSum", opset: 13, attributes: { keepdims: 0n } };
    expect(summary(applyOne(all, x))).toEqual(["reduceSum", { axes: [0, 1, 2], keepDims: false }]);
  });

  test("no axes may mean none, and computed axes wait for the run", () => {
    const attributes = { noop_with_empty_axes: 1n };
    expect(applyOne({ op: "ReduceSum", opset: 13, attributes }, x)).toBe(x);
    const computed = input("axes", tensorType("i64", [1]));
    expect(applyOne({ op: "ReduceMax", opset: 18 }, x, computed).op.name).toBe("dynamicReduce");
  });

  test("logarithms of sums stay finite, whatever the elements", () => {
    const node = { op: "ReduceLogSumExp", opset: 18, attributes: { keepdims: 0n } };
    const rows = f32([4, 2], 1000, 1000, -1e30, -1e30, -Infinity, -Infinity, Infinity, 0);
    expect(elements(applyOne(node, rows, axesOf(1)))).toEqual([
      Math.fround(1000 + Math.LN2),
      Math.fround(-1e30),
      -Infinity,
      Infinity,
    ]);
  });

  test("half floats are summed wide", () => {
    const big = constantOf("f16", [4], [300, 300, 300, 300]);
    expect(elements(applyOne({ op: "ReduceL2", opset: 18 }, big))).toEqual([600]);
  });
});
