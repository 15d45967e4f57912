import { describe, expect, it } from "vitest";
import { ops } from "../ops/index.ts";
import { input } from "./leaves.ts";
import { topological } from "./topological.ts";
import { tensorType } from "./type.ts";
import { useCounts } from "./use-counts.ts";
import type { Value } from "./value.ts";

const { add, exp, sub } = ops;
const x = input("x", tensorType("f32", []));

describe("topological", () => {
  it("lists each value once, operands before users, first operands first", () => {
    const [a, b] = [exp(x), sub(x, x)];
    const root = add(a, b);
    expect(topological([root])).toEqual([x, a, b, root]);
    expect(topological([a, root, a])).toEqual([x, a, b, root]);
    expect(topological([])).toEqual([]);
  });

  it("looks through operandsOf", () => {
    const [a, b] = [exp(x), exp(x)];
    const root = add(a, b);
    expect(topological([root], (value) => (value === root ? [b] : value.operands))).toEqual([x, b, root]);
  });

  it("goes 200,000 deep", () => {
    let value: Value = x;
    const depth = 200_000;
    // Values made by hand: what is tested is the walk, not inference.
    for (let i = 0; i < depth; i++) value = { ...value, op: exp, operands: [value] };
    const order = topological([value]);
    expect(order).toHaveLength(depth + 1);
    expect(order[0]).toBe(x);
    expect(order.every((made, i) => i === 0 || made.operands[0] === order[i - 1])).toBe(true);
  });

  it("visits a value that is shared at every level once", () => {
    let value: Value = x;
    for (let i = 0; i < 100; i++) value = add(value, value);
    expect(topological([value])).toHaveLength(101);
  });
});

describe("useCounts", () => {
  it("counts operand slots and outputs", () => {
    const a = exp(x);
    const b = add(a, a);
    const outputs = [a, b, b].map((value, i) => ({ name: `y${i}`, value }));
    const counts = useCounts({ name: "g", inputs: [x], outputs });
    expect([x, a, b].map((value) => counts.get(value))).toEqual([1, 3, 2]);
    expect(counts.get(exp(x))).toBeUndefined();
  });
});
