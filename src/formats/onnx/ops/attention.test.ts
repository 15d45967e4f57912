import { describe, expect, test } from "vitest";
import { absent, input } from "../../../graph/leaves.ts";
import { tensorType } from "../../../graph/type.ts";
import type { Value } from "../../../graph/value.ts";
import { constantOf, elements } from "../../../ops/testing.ts";
import type { Dim } from "../../../tensor/dim.ts";
import { symbol } from "../../../tensor/dim.ts";
import { elementCount } from "../../../tensor/tensor.ts";
import { applyNode, applyOne } from "./testing.ts";

const f32 = (shape: readonly number[], ...values: number[]): Value => constantOf("f32", shape, values);
const value = (...shape: Dim[]): Value => input("x", tensorType("f32", shape));
/** 2 sin(a·i + 0.3) in row-major order. */
const waves = (shape: readonly number[], a: number): Value =>
  f32(shape, ...Array.from({ length: elementCount(shape) }, (_unused, i) => 2 * Math.sin(i * a + 0.3)));
const close = (got: Value | undefined, expected: readonly number[], digits = 5) => {
  elements(got as Value).forEach((element, i) => {
    expect(element).toBeCloseTo(expected[i] as number, digits);
  });
  expect(elements(got as Value).length).toBe(expected.length);
};

describe("Attention", () => {
  const [q, k, v] = [waves([1, 2, 4], 0.7), waves([1, 3, 4], 0.4), waves([1, 3, 4], 0.9)];
  const heads = { q_num_heads: 2n, kv_num_heads: 2n };

  test("a mask that is too short hides the last keys, from opset 24 on", () => {
    const mask = constantOf("bool", [2, 2], [1, 1, 1, 1]);
    const short = applyOne({ op: "Attention", opset: 24, attributes: heads }, q, k, v, mask);
    const cut = (x: Value) => f32([1, 2, 4], ...elements(x).slice(0, 8));
    close(short, elements(applyOne({ op: "Attention", opset: 24, attributes: heads }, q, cut(k), cut(v))));
    expect(() => applyOne({ op: "Attention", opset: 23, attributes: heads }, q, k, v, mask)).toThrow(
      "mask must be bool",
    );
  });

  test("a cache shifts the causal window by its length, which may be symbolic", () => {
    const past = value(1, 2, symbol("P"), 2);
    const node = { op: "Attention", opset: 23, attributes: { ...heads, is_causal: 1n }, outputs: 3 };
    const [y, keys] = applyNode(node, q, k, v, absent, past, past) as [Value, Value];
    expect(keys.type).toEqual(tensorType("f32", [1, 2, expect.anything(), 2]));
    expect(y.type).toEqual(tensorType("f32", [1, 2, 4]));
  });
});
