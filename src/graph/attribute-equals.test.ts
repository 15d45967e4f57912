import { describe, expect, it } from "vitest";
import { fromNumbers } from "../tensor/numbers.ts";
import { attributeEquals } from "./attribute-equals.ts";
import type { Graph } from "./graph.ts";
import { input } from "./leaves.ts";
import { tensorType } from "./type.ts";

const graph = (): Graph => {
  const x = input("x", tensorType("f32", []));
  return { name: "g", inputs: [x], outputs: [{ name: "y", value: x }] };
};
const vector = (...values: number[]) => fromNumbers("f32", [values.length], values);

describe("attributeEquals", () => {
  it("compares plain data by value", () => {
    expect(attributeEquals(1, 1)).toBe(true);
    expect(attributeEquals(1, 1n)).toBe(false);
    expect(attributeEquals(0, -0)).toBe(false);
    expect(attributeEquals(Number.NaN, Number.NaN)).toBe(true);
    expect(attributeEquals("a", "b")).toBe(false);
    expect(attributeEquals(true, undefined)).toBe(false);
  });

  it("compares lists and tensors by content", () => {
    expect(attributeEquals([1, [2, "a"]], [1, [2, "a"]])).toBe(true);
    expect(attributeEquals([1, 2], [1, 2, 3])).toBe(false);
    expect(attributeEquals(vector(1, -0), vector(1, -0))).toBe(true);
    expect(attributeEquals(vector(1, -0), vector(1, 0))).toBe(false);
    expect(attributeEquals(vector(1), fromNumbers("f32", [1, 1], [1]))).toBe(false);
    expect(attributeEquals(vector(1), fromNumbers("f64", [1], [1]))).toBe(false);
  });

  it("compares types by what they say, graphs by identity, and never mixes kinds", () => {
    const [one, other] = [graph(), graph()];
    expect(attributeEquals(tensorType("f32", [2]), tensorType("f32", [2]))).toBe(true);
    expect(attributeEquals(tensorType("f32", [2]), tensorType("f32", [3]))).toBe(false);
    expect(attributeEquals(one, one)).toBe(true);
    expect(attributeEquals(one, other)).toBe(false);
    expect(attributeEquals(one, tensorType("f32", [2]))).toBe(false);
    expect(attributeEquals(tensorType("f32", [2]), [])).toBe(false);
    expect(attributeEquals([], vector())).toBe(false);
  });
});
