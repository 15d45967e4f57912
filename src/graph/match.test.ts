import { describe, expect, it } from "vitest";
import { ops } from "../ops/index.ts";
import { fromNumbers, scalar } from "../tensor/numbers.ts";
import { absent, constant, input } from "./leaves.ts";
import { isConstantOf, match } from "./match.ts";
import { $, bind, hole, literal, oneOf } from "./pattern.ts";
import { tensorType } from "./type.ts";
import type { Term, Value } from "./value.ts";

const { add, clip, div, exp, mul, sigmoid, softmax, sub } = ops;
const [x, y, z] = ["x", "y", "z"].map((name) => input(name, tensorType("f32", [2, 3]))) as [Value, Value, Value];
const f32 = (...values: number[]) => constant(fromNumbers("f32", [values.length], values));

/** What the holes stand for, by name; undefined without a match. */
const bound = (pattern: Term<string>, value: Value, accept = () => true) => {
  const found = match(pattern, value, accept)?.bound;
  return found && Object.fromEntries(found);
};

describe("match", () => {
  it("binds holes and lists the operators that the pattern spells out, the root first", () => {
    const inner = exp(x);
    const root = sub(inner, y);
    const found = match(sub(exp($.a), $.b), root, () => true);
    expect(Object.fromEntries(found?.bound ?? [])).toEqual({ a: x, b: y });
    expect(found?.spelled).toEqual([root, inner]);
  });

  it("needs the same operator and the attributes that the pattern names", () => {
    expect(bound(exp($.x), sigmoid(x))).toBeUndefined();
    expect(bound(softmax($.x, { axis: 1 }), softmax(x, { axis: 0 }))).toBeUndefined();
    expect(bound(softmax($.x, { axis: 1 }), softmax(x, { axis: 1 }))).toEqual({ x });
  });

  it("takes the operands of commutative operators in either order, and only of those", () => {
    expect(bound(add(exp($.a), $.b), add(y, exp(x)))).toEqual({ a: x, b: y });
    expect(bound(sub(exp($.a), $.b), sub(y, exp(x)))).toBeUndefined();
    expect(bound(mul(add($.a, literal(1)), $.b), mul(x, add(f32(1), y)))).toEqual({ a: y, b: x });
  });

  it("goes back to the other order when a later part does not fit", () => {
    // In the first order a = exp(x), and then the second operand of div must be the same.
    const inner = exp(x);
    expect(bound(div(add($.a, $.b), $.a), div(add(inner, y), y))).toEqual({ a: y, b: inner });
  });

  it("binds a hole that occurs twice to one value only", () => {
    expect(bound(mul($.x, sigmoid($.x)), mul(sigmoid(x), x))).toEqual({ x });
    expect(bound(mul($.x, sigmoid($.x)), mul(sigmoid(x), y))).toBeUndefined();
  });

  it("matches literals against constants of any shape and dtype, after rounding", () => {
    expect(bound(mul($.x, literal(0.1)), mul(x, f32(0.1, 0.1, 0.1)))).toEqual({ x });
    expect(bound(mul($.x, literal(0.1)), mul(x, f32(0.1, 0.1, 0.2)))).toBeUndefined();
    expect(bound(mul($.x, literal(0.1)), mul(x, y))).toBeUndefined();
    const half = input("h", tensorType("f16", [2]));
    expect(bound(mul($.x, literal(0.1)), mul(half, constant(scalar("f16", 0.1))))).toEqual({ x: half });
    expect(bound(mul($.x, 0.1), mul(half, constant(scalar("f16", 0.1))))).toEqual({ x: half });
  });

  it("allows literals a relative tolerance", () => {
    const exact = Math.sqrt(2 / Math.PI);
    expect(isConstantOf(f32(0.79788), exact)).toBe(false);
    expect(isConstantOf(f32(0.79788), exact, 1e-5)).toBe(true);
    expect(isConstantOf(f32(0.797), exact, 1e-5)).toBe(false);
    expect(bound(mul($.x, literal(exact, 1e-5)), mul(x, f32(0.79788)))).toEqual({ x });
  });

  it("compares integers exactly and never matches empty, string or computed values", () => {
    const i64 = (value: number) => constant(scalar("i64", value));
    expect(isConstantOf(i64(3), 3)).toBe(true);
    expect(isConstantOf(i64(3), 3.2)).toBe(false);
    expect(isConstantOf(constant(fromNumbers("f32", [0], [])), 0)).toBe(false);
    expect(isConstantOf(constant(scalar("string", "0")), 0)).toBe(false);
    expect(isConstantOf(exp(f32(0)), 1)).toBe(false);
  });

  it("tries the alternatives of oneOf in order", () => {
    const pattern = oneOf(exp($.x), sigmoid($.x));
    expect(bound(pattern, sigmoid(x))).toEqual({ x });
    const value = exp(x);
    expect(bound(oneOf(hole("first"), exp(hole("second"))), value)).toEqual({ first: value });
    expect(bound(pattern, softmax(x, { axis: 0 }))).toBeUndefined();
    expect(bound(add(pattern, $.y), add(z, sigmoid(x)))).toEqual({ x, y: z });
  });

  it("names inner values with bind", () => {
    const inner = exp(x);
    expect(bound(add(bind("inner", exp($.x)), $.y), add(y, inner))).toEqual({ inner, x, y });
  });

  it("asks accept about each match until one is accepted", () => {
    const seen: string[] = [];
    const found = match(add($.a, $.b), add(x, y), ({ bound: map }) => {
      seen.push(map.get("a")?.origin ?? "");
      return map.get("a") === y;
    });
    expect(seen).toEqual(["x", "y"]);
    expect(found?.bound.get("b")).toBe(x);
  });

  it("compares values that stand in a pattern: absent operands, and constants by content", () => {
    expect(bound(clip($.x, absent, $.max), clip(x, absent, f32Scalar(6)))).toMatchObject({ x });
    expect(bound(clip($.x, absent, $.max), clip(x, f32Scalar(0), f32Scalar(6)))).toBeUndefined();
    const row = input("row", tensorType("f32", [2]));
    expect(bound(add($.x, f32(1, 2)), add(f32(1, 3), row))).toBeUndefined();
    expect(bound(add($.x, f32(1, 2)), add(f32(1, 2), row))).toEqual({ x: row });
  });
});

function f32Scalar(value: number): Value {
  return constant(scalar("f32", value));
}
