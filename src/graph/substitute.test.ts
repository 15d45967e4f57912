import { describe, expect, it } from "vitest";
import { add } from "../ops/add.ts";
import { neg } from "../ops/neg.ts";
import { evalValue } from "../ops/testing.ts";
import { fromNumbers } from "../tensor/numbers.ts";
import { constant, input } from "./leaves.ts";
import { applyGraph, substitute } from "./substitute.ts";
import { formatType, tensorType } from "./type.ts";
import type { Value } from "./value.ts";

const f32 = (values: number[]): Value => constant(fromNumbers("f32", [values.length], values));

describe("substitute", () => {
  it("replaces inputs, infers types again and keeps what does not depend on them", () => {
    const x = input("x", tensorType("f32", undefined));
    const fixed = neg(f32([1, 2]));
    const y = add(neg(x), fixed);
    const [made] = substitute([y], new Map([[x, f32([10, 20])]]));
    expect(formatType(made?.type as Value["type"])).toBe("f32[2]");
    expect(made?.operands[1]).toBe(fixed);
    expect(Array.from(evalValue(made as Value).data as Float32Array)).toEqual([-11, -22]);
  });

  it("makes a shared value once", () => {
    const x = input("x", tensorType("f32", [2]));
    const shared = neg(x);
    const [a, b] = substitute([add(shared, x), add(shared, shared)], new Map([[x, f32([1, 2])]]));
    expect(a?.operands[0]).toBe(b?.operands[0]);
    expect(b?.operands[0]).toBe(b?.operands[1]);
  });

  it("replaces values that are no inputs, without looking below them", () => {
    const x = input("x", tensorType("f32", [2]));
    const inner = neg(x);
    const [made] = substitute([add(inner, x)], new Map([[inner, x]]));
    expect(made?.operands).toEqual([x, x]);
  });
});

describe("applyGraph", () => {
  it("gives the outputs over other values", () => {
    const x = input("x", tensorType("f32", [2]));
    const graph = {
      name: "g",
      inputs: [x],
      outputs: [
        { name: "y", value: neg(x) },
        { name: "same", value: x },
      ],
    };
    const given = f32([3, 4]);
    const [y, same] = applyGraph(graph, [given]);
    expect(y?.operands).toEqual([given]);
    expect(same).toBe(given);
  });
});
