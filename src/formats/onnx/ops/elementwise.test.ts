import { describe, expect, it } from "vitest";
import { input } from "../../../graph/leaves.ts";
import { tensorType } from "../../../graph/type.ts";
import type { Value } from "../../../graph/value.ts";
import { constantOf, elements, evalValue } from "../../../ops/testing.ts";
import { symbol } from "../../../tensor/dim.ts";
import { fromNumbers, scalar } from "../../../tensor/numbers.ts";
import { onnxFamilies } from "./index.ts";
import { applyNode, applyOne } from "./testing.ts";

const f32 = (shape: readonly number[], ...values: number[]): Value => constantOf("f32", shape, values);
const vector = (...values: number[]): Value => f32([values.length], ...values);

it("maps each operator in one place", () => {
  const names = onnxFamilies.flatMap(({ domain, entries }) => Object.keys(entries).map((name) => `${domain}.${name}`));
  const twice = names.filter((name, i) => names.indexOf(name) !== i);
  expect(twice).toEqual([]);
});

describe("operators of two operands before opset 7", () => {
  const a = f32([2, 3, 1], 1, 2, 3, 4, 5, 6);
  it("lay b along `axis` of a", () => {
    const attributes = { broadcast: 1n, axis: 0n };
    expect(elements(applyOne({ op: "Add", opset: 6, attributes }, a, vector(10, 20)))).toEqual([
      11, 12, 13, 24, 25, 26,
    ]);
    const fromBack = { broadcast: 1n, axis: -2n };
    expect(elements(applyOne({ op: "Sub", opset: 1, attributes: fromBack }, a, vector(1, 2, 3)))).toEqual([
      0, 0, 0, 3, 3, 3,
    ]);
  });
  it("take slopes of PRelu per channel", () => {
    const x = f32([1, 2, 2], -1, -2, -3, 4);
    expect(elements(applyOne({ op: "PRelu", opset: 6 }, x, vector(2, 10)))).toEqual([-2, -4, -30, 4]);
  });
  it("need a known rank for that", () => {
    const x = input("x", tensorType("f32", undefined));
    const node = { op: "Add", opset: 6, attributes: { broadcast: 1n, axis: 0n } };
    expect(() => applyOne(node, x, vector(1))).toThrow(/needs known ranks, got a f32\[...\], b f32\[1\]/);
  });
  it("have no such attributes from opset 7 on", () => {
    const node = { op: "Add", opset: 7, attributes: { broadcast: 1n } };
    expect(() => applyOne(node, a, a)).toThrow(/Add of opset 7 has no attribute "broadcast"/);
  });
});

describe("Pow", () => {
  it.each([
    ["f32", "i64", [2, 3], [3, 2], [8, 9]],
    ["i32", "f32", [2, 3], [0.5, 2], [1, 9]],
    ["i32", "u64", [-2, 3], [3, 0], [-8, 1]],
    ["f16", "f32", [2, 4], [3, 0.5], [8, 2]],
  ] as const)("raises %s to %s and keeps the base's dtype", (base, exponent, a, b, expected) => {
    const y = applyOne({ op: "Pow", opset: 15 }, constantOf(base, [2], a), constantOf(exponent, [2], b));
    expect(evalValue(y)).toEqual(fromNumbers(base, [2], expected));
  });
});

it("folds any number of operands, broadcasting", () => {
  const inputs = [vector(1, 2), f32([2, 1], 3, 0), f32([], 1.5)];
  expect(elements(applyOne({ op: "Max", opset: 13 }, ...inputs))).toEqual([3, 3, 1.5, 2]);
  expect(elements(applyOne({ op: "Mean", opset: 13 }, ...inputs))).toEqual(
    [5.5, 6.5, 2.5, 3.5].map((x) => Math.fround(x / 3)),
  );
  expect(applyOne({ op: "Sum", opset: 8 }, inputs[0] as Value)).toBe(inputs[0]);
});

describe("Clip", () => {
  const x = vector(-2, 0, 2);
  it("takes bounds as attributes, then as inputs", () => {
    expect(elements(applyOne({ op: "Clip", opset: 6, attributes: { max: 1 } }, x))).toEqual([-2, 0, 1]);
    expect(elements(applyOne({ op: "Clip", opset: 13 }, x, f32([], -1)))).toEqual([-1, 0, 2]);
    expect(applyOne({ op: "Clip", opset: 13 }, x)).toBe(x);
  });
});

describe("Cast", () => {
  it("takes names in opset 1, codes later", () => {
    const x = vector(1.5, -2);
    expect(evalValue(applyOne({ op: "Cast", opset: 1, attributes: { to: "INT32" } }, x))).toEqual(
      fromNumbers("i32", [2], [1, -2]),
    );
    expect(evalValue(applyOne({ op: "Cast", opset: 6, attributes: { to: 11n } }, x)).dtype).toBe("f64");
    expect(applyOne({ op: "Cast", opset: 13, attributes: { to: 1n } }, x)).toBe(x);
  });
  it("names codes that are none", () => {
    expect(() => applyOne({ op: "Cast", opset: 13, attributes: { to: 99n } }, vector(1))).toThrow(/"to" is 99/);
    expect(() => applyOne({ op: "Cast", opset: 13 }, vector(1))).toThrow(/"to" \(an element type\) is missing/);
  });
});

describe("Constant", () => {
  const constantBy = (attributes: Parameters<typeof applyOne>[0]["attributes"]) =>
    evalValue(applyOne({ op: "Constant", opset: 13, attributes: attributes ?? {} }));
  it("holds its value in any of its attributes", () => {
    expect(constantBy({ value: scalar("i8", 3) })).toEqual(scalar("i8", 3));
    expect(constantBy({ value_int: 2n ** 63n - 1n })).toEqual(scalar("i64", 2n ** 63n - 1n));
    expect(constantBy({ value_ints: [1n, 2n] })).toEqual(fromNumbers("i64", [2], [1, 2]));
    expect(constantBy({ value_float: 0.5 })).toEqual(scalar("f32", 0.5));
    expect(constantBy({ value_floats: [0.5, 1] })).toEqual(fromNumbers("f32", [2], [0.5, 1]));
    expect(constantBy({ value_string: "a" })).toEqual(scalar("string", "a"));
    expect(constantBy({ value_strings: ["a", "b"] })).toEqual({ dtype: "string", shape: [2], data: ["a", "b"] });
    expect(() => constantBy({})).toThrow(/needs one of the attributes/);
  });
  it("of a shape repeats one element", () => {
    const shape = constantOf("i64", [2], [2, 3]);
    const value = fromNumbers("i32", [1], [7]);
    const y = applyOne({ op: "ConstantOfShape", opset: 9, attributes: { value } }, shape);
    expect(evalValue(y)).toEqual(fromNumbers("i32", [2, 3], new Array(6).fill(7)));
  });
});

describe("Dropout", () => {
  const x = input("x", tensorType("f32", [symbol("N")]));
  const ones = vector(...new Array<number>(1000).fill(1));
  it("is its operand outside training, with a mask of ones", () => {
    const [y, mask] = applyNode({ op: "Dropout", opset: 13, outputs: 2 }, x, f32([], 0.9));
    expect(y).toBe(x);
    expect(mask?.type).toEqual(tensorType("bool", [symbol("N")]));
    expect(applyNode({ op: "Dropout", opset: 6, attributes: { is_test: 1n }, outputs: 2 }, x)[1]?.type).toEqual(x.type);
  });
  it("drops and scales in training", () => {
    const training = constantOf("bool", [], [1]);
    const node = { op: "Dropout", opset: 13, attributes: { seed: 3n }, outputs: 2 };
    const [y, mask] = applyNode(node, ones, f32([], 0.75), training) as [Value, Value];
    const kept = elements(mask);
    expect(elements(y)).toEqual(kept.map((bit) => 4 * bit));
    expect(kept.reduce((a, b) => a + b) / 1000).toBeCloseTo(0.25, 1);
    const [all] = applyNode(node, ones, f32([], 0), training) as [Value];
    expect(elements(all)).toEqual(elements(ones));
  });
});

describe("DynamicQuantizeLinear", () => {
  // By onnxruntime 1.32.
  it("stretches the range to hold 0", () => {
    const results = applyNode(
      { op: "DynamicQuantizeLinear", opset: 11, outputs: 3 },
      vector(0, 2, -3, -2.5, 1.34, 0.5),
    );
    const [y, scale, zeroPoint] = results as [Value, Value, Value];
    expect(elements(y)).toEqual([153, 255, 0, 26, 221, 179]);
    expect(elements(scale)).toEqual([Math.fround(5 / 255)]);
    expect(elements(zeroPoint)).toEqual([153]);
  });
  it("takes the scale 1 for zeros", () => {
    const [y, scale] = applyNode({ op: "DynamicQuantizeLinear", opset: 11, outputs: 3 }, vector(0, 0)) as [
      Value,
      Value,
    ];
    expect([elements(y), elements(scale)]).toEqual([[0, 0], [1]]);
  });
});

it("keeps the old experimental operators", () => {
  const x = f32([1, 2, 1, 1], 1, 2);
  const scaled = applyOne({ op: "ImageScaler", opset: 1, attributes: { scale: 2, bias: [10, 20] } }, x);
  expect(elements(scaled)).toEqual([12, 24]);
  expect(elements(applyOne({ op: "Affine", opset: 1, attributes: { alpha: 3, beta: 1 } }, x))).toEqual([4, 7]);
  const tanh = applyOne({ op: "ScaledTanh", opset: 1, attributes: { alpha: 2, beta: 0.5 } }, x);
  expect(elements(tanh)).toEqual([0.5, 1].map((y) => Math.fround(2 * Math.fround(Math.tanh(y)))));
});
