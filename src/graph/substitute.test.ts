import { describe, expect, it } from "vitest";
import { ops } from "../ops/index.ts";
import { scalar } from "../tensor/numbers.ts";
import { constant, input } from "./leaves.ts";
import { withOrigin } from "./origin.ts";
import { applyGraph, substitute } from "./substitute.ts";
import { tensorType } from "./type.ts";

const { add, exp } = ops;
const x = input("x", tensorType("f32", [2]));
const wide = input("wide", tensorType("f32", [5, 2]));

describe("substitute", () => {
  it("makes what depends on a replaced value anew, with its type and its origin", () => {
    const inner = withOrigin("/exp", () => exp(x));
    const root = withOrigin("/add", () => add(inner, 1));
    const [made] = substitute([root], new Map([[x, wide]]));
    expect(made?.type).toEqual(tensorType("f32", [5, 2]));
    expect([made?.origin, made?.operands[0]?.origin]).toEqual(["/add", "/exp"]);
    expect(made?.operands[0]?.operands[0]).toBe(wide);
  });

  it("keeps what does not depend on one, and sharing", () => {
    const [a, b] = [exp(x), exp(wide)];
    expect(substitute([a, b], new Map([[wide, x]]))[0]).toBe(a);
    const [sum] = substitute([add(a, a)], new Map([[a, b]]));
    expect(sum?.operands).toEqual([b, b]);
  });

  it("replaces inner values without looking below them", () => {
    const inner = exp(x);
    const [made] = substitute(
      [add(inner, 1)],
      new Map([
        [inner, wide],
        [x, constant(scalar("f32", 0))],
      ]),
    );
    expect(made?.operands[0]).toBe(wide);
  });
});

describe("applyGraph", () => {
  it("gives the outputs of a closed graph over other inputs", () => {
    const y = input("y", tensorType("f32", [2]));
    const graph = {
      name: "g",
      inputs: [x, y],
      outputs: [
        { name: "sum", value: add(x, y) },
        { name: "y", value: y },
      ],
    };
    const [sum, second] = applyGraph(graph, [wide, x]);
    expect(sum?.operands).toEqual([wide, x]);
    expect(second).toBe(x);
  });
});
