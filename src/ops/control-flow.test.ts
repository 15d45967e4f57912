import { describe, expect, it } from "vitest";
import { contextFor } from "../graph/evaluate.ts";
import type { Graph } from "../graph/graph.ts";
import { absent, constant, input } from "../graph/leaves.ts";
import type { Type } from "../graph/type.ts";
import { formatType, sequenceType, tensorType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import { symbol, unknownDim } from "../tensor/dim.ts";
import { AbortedError, ShapeError } from "../tensor/errors.ts";
import { scalar } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { add } from "./add.ts";
import { concat } from "./concat.ts";
import { conditional } from "./conditional.ts";
import { loop } from "./loop.ts";
import { neg } from "./neg.ts";
import { optional } from "./optional.ts";
import { optionalGet } from "./optional-get.ts";
import { pick } from "./pick.ts";
import { scan } from "./scan.ts";
import { constantOf, elements, evalValue } from "./testing.ts";

const f32 = (...shape: (number | ReturnType<typeof symbol>)[]): Type => tensorType("f32", shape);
const graphOf = (inputs: Value[], ...outputs: Value[]): Graph => ({
  name: "body",
  inputs,
  outputs: outputs.map((value, i) => ({ name: `o${i}`, value })),
});
const [iteration, going] = [input("i", tensorType("i64", [])), input("going", tensorType("bool", []))];
const count = (n: number): Value => constant(scalar("i64", n));
const x = constantOf("f32", [2], [1, 2]);

describe("conditional", () => {
  const flag = input("flag", tensorType("bool", []));
  const branches = (thenValue: Value, elseValue: Value) => ({
    thenBranch: graphOf([], thenValue),
    elseBranch: graphOf([], elseValue),
  });

  it("has the types that hold the results of both branches", () => {
    const types = (a: Value, b: Value) => formatType(conditional([flag], branches(a, b)).type);
    expect(types(x, x)).toBe("(f32[2])");
    expect(types(x, constantOf("f32", [3], [1, 2, 3]))).toBe("(f32[?])");
    expect(types(x, constantOf("f32", [], [1]))).toBe("(f32[...])");
  });

  it("refuses branches and conditions that do not fit", () => {
    const two = { thenBranch: graphOf([], x, x), elseBranch: graphOf([], x) };
    expect(() => conditional([flag], two)).toThrow("then has 2, else 1");
    expect(() => conditional([flag], branches(x, count(1)))).toThrow("then gives f32[2], else i64[]");
    expect(() => conditional([x], branches(x, x))).toThrow("condition must be a bool of one element, got f32[2]");
  });

  it("runs the branch that the condition names, and no other", () => {
    const failing = optionalGet(optional(undefined, { item: f32(2) }));
    const taken = (flag: number) =>
      pick(conditional([constantOf("bool", [1], [flag])], branches(x, failing)), { index: 0 });
    expect(elements(taken(1))).toEqual([1, 2]);
    expect(() => elements(taken(0))).toThrow("the optional is empty");
  });

  it("refuses a condition of several elements at run time", () => {
    const condition = scalar("bool", true);
    const wide: Tensor = { ...condition, shape: [2], data: new Uint8Array(2) };
    const attributes = branches(x, x);
    expect(() => conditional.eval([wide], attributes as never, contextFor(new Map()))).toThrow(ShapeError);
  });
});

describe("loop", () => {
  const sumBody = (type: Type) => {
    const state = input("state", type);
    return graphOf([iteration, going, state], going, add(state, 1), neg(state));
  };

  it("stacks what each step gives, as many as the steps that are certain", () => {
    const tuple = (trips: Value, condition: Value) =>
      formatType(loop([trips, condition, x], { body: sumBody(f32(2)), carried: 1 }).type);
    expect(tuple(count(3), absent)).toBe("(f32[2], f32[3,2])");
    expect(tuple(count(-1), absent)).toBe("(f32[2], f32[0,2])");
    expect(tuple(input("n", tensorType("i64", [])), absent)).toBe("(f32[2], f32[?,2])");
    expect(tuple(count(3), input("c", tensorType("bool", [])))).toBe("(f32[2], f32[?,2])");
    expect(tuple(count(3), constantOf("bool", [], [1]))).toBe("(f32[2], f32[3,2])");
  });

  it("counts down to no steps without running the body", () => {
    const made = loop([count(0), absent, x], { body: sumBody(f32(2)), carried: 1 });
    expect(elements(pick(made, { index: 0 }))).toEqual([1, 2]);
    expect(evalValue(pick(made, { index: 1 }))).toMatchObject({ dtype: "f32", shape: [0, 2] });
  });

  it("tells which carried value changes its dtype", () => {
    const state = input("state", f32(2));
    const body = graphOf([iteration, going, state], going, iteration);
    expect(() => loop([count(1), absent, x], { body, carried: 1 })).toThrow(
      "carried value 0 must keep its dtype and kind",
    );
  });

  it("widens the type of a value that the body changes", () => {
    const state = input("state", f32(unknownDim));
    const body = graphOf([iteration, going, state], going, concat([state, state], { axis: 0 }));
    const made = loop([input("n", tensorType("i64", [])), absent, x], { body, carried: 1 });
    expect(formatType(made.type)).toBe("(f32[?])");
    expect(elements(pick(loop([count(2), absent, x], { body, carried: 1 }), { index: 0 }))).toHaveLength(8);
  });

  it("refuses results that change their shape, or that are no tensors", () => {
    const state = input("state", f32(unknownDim));
    const doubled = concat([state, state], { axis: 0 });
    const made = loop([count(2), absent, x], {
      body: graphOf([iteration, going, state], going, doubled, doubled),
      carried: 1,
    });
    expect(() => evalValue(pick(made, { index: 1 }))).toThrow("one is f32[4], another f32[8]");
    const list = input("list", sequenceType(f32(2)));
    const body = graphOf([iteration, going, list], going, list, list);
    expect(() => loop([count(1), absent, list], { body, carried: 1 })).toThrow("must be a tensor to be stacked");
  });

  it("can be cancelled between steps", () => {
    let polls = 0;
    const context = contextFor(new Map(), {
      poll: () => {
        if (++polls > 20) throw new AbortedError("cancelled");
      },
    });
    const attributes = { body: sumBody(f32(2)), carried: 1 };
    expect(() => loop.eval([undefined, undefined, evalValue(x)] as never, attributes, context)).toThrow(AbortedError);
  });
});

describe("scan", () => {
  const entry = input("entry", f32());
  const plain = { states: 0, inputAxes: [0], inputReversed: [false], outputAxes: [0], outputReversed: [false] };

  it("takes the size of the scanned axis for its results", () => {
    const t = input("x", f32(symbol("T")));
    expect(formatType(scan([t], { ...plain, body: graphOf([entry], neg(entry)) }).type)).toBe("(f32[T])");
  });

  it("goes backwards on either side", () => {
    const run = (inputReversed: boolean, outputReversed: boolean) => {
      const state = input("state", f32());
      const sum = add(state, entry);
      const attributes = { ...plain, states: 1, inputReversed: [inputReversed], outputReversed: [outputReversed] };
      const made = scan([constantOf("f32", [], [0]), constantOf("f32", [3], [1, 2, 4])], {
        ...attributes,
        body: graphOf([state, entry], sum, sum),
      });
      return elements(pick(made, { index: 1 }));
    };
    expect(run(false, false)).toEqual([1, 3, 7]);
    expect(run(true, false)).toEqual([4, 6, 7]);
    expect(run(false, true)).toEqual([7, 3, 1]);
    expect(run(true, true)).toEqual([7, 6, 4]);
  });

  it("refuses scanned axes of different sizes", () => {
    const other = input("other", f32());
    const attributes = {
      ...plain,
      inputAxes: [0, 0],
      inputReversed: [false, false],
      body: graphOf([entry, other], add(entry, other)),
    };
    expect(() => scan([x, constantOf("f32", [3], [1, 2, 3])], attributes)).toThrow("of one size, got 2, 3");
  });

  it("gives empty results for an axis of size 0", () => {
    const row = input("row", f32(3));
    const made = scan([constantOf("f32", [0, 3], [])], { ...plain, outputAxes: [-1], body: graphOf([row], neg(row)) });
    expect(evalValue(pick(made, { index: 0 })).shape).toEqual([3, 0]);
  });
});
