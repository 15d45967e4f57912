import { describe, expect, it } from "vitest";
import { input } from "../graph/leaves.ts";
import { withOrigin } from "../graph/origin.ts";
import { parseGraph } from "../graph/parse.ts";
import { tensorType } from "../graph/type.ts";
import { ops } from "../ops/index.ts";
import { buildPlan } from "./build-plan.ts";
import type { Plan } from "./plan.ts";

const planOf = (inputs: string, ...lines: string[]): Plan =>
  buildPlan(parseGraph(`graph g(${inputs}) {\n${lines.join("\n")}\n}`, ops));
const kinds = (plan: Plan) => plan.values.map(({ storage }) => storage.kind);
const stepsOf = (plan: Plan) => plan.steps.map(({ op, inputs, outputs }) => [op, inputs, outputs]);
const life = (plan: Plan, value: number) => [plan.values[value]?.from, plan.values[value]?.to];

describe("buildPlan", () => {
  it("numbers inputs first and steps in order, with constants, dims and absent operands", () => {
    const plan = planOf(
      "x: f32[N,4], unused: f32[2]",
      "%0 = clip(x, _, 6)",
      "%1 = reshape(%0, [4, N])",
      "return y: exp(%1)",
    );
    expect(kinds(plan)).toEqual(["input", "input", "constant", "arena", "dims", "view", "heap"]);
    expect(stepsOf(plan)).toEqual([
      ["clip", [0, -1, 2], [3]],
      ["reshape", [3, 4], [5]],
      ["exp", [5], [6]],
    ]);
    expect(plan.inputs.map(({ name, value }) => [name, value])).toEqual([
      ["x", 0],
      ["unused", 1],
    ]);
    expect(plan.outputs).toMatchObject([{ name: "y", value: 6, type: { dtype: "f32" } }]);
  });

  it("carries operator, origin and attributes into the step, with eval as the kernel", () => {
    const x = input("x", tensorType("f32", [2, 3]));
    const value = withOrigin("/soft", () => ops.softmax(x, { axis: 1 }));
    expect(buildPlan({ name: "g", inputs: [x], outputs: [{ name: "y", value }] }).steps).toEqual([
      {
        op: "softmax",
        origin: "/soft",
        attributes: { axis: 1 },
        inputs: [0],
        outputs: [1],
        tuple: false,
      },
    ]);
  });

  it("gives a tuple one output for each result, -1 for those that nobody picks", () => {
    const k = "{axis: 0, largest: true}";
    const both = planOf("x: f32[4]", `%0 = topK(x, [2], ${k})`, "return v: exp(%0.0), i: %0.1");
    expect(both.steps[0]).toMatchObject({ outputs: [2, 3], tuple: true });
    const second = planOf("x: f32[4]", `%0 = topK(x, [2], ${k})`, "return i: %0.1");
    expect(second.steps[0]).toMatchObject({ outputs: [-1, 2], tuple: true });
    expect(kinds(second)).toEqual(["input", "constant", "heap"]);
  });

  it("keeps a value until its last use, and outputs to the end", () => {
    const plan = planOf(
      "x: f32[4]",
      "%0 = exp(x)",
      "%1 = neg(%0)",
      "%2 = abs(%1)",
      "%3 = add(%0, %2)",
      "return y: neg(%3), z: %2",
    );
    const [exp, neg, abs, add] = plan.steps.map(({ outputs }) => outputs[0] as number) as [
      number,
      number,
      number,
      number,
    ];
    expect(life(plan, exp)).toEqual([0, 3]);
    expect(life(plan, neg)).toEqual([1, 2]);
    expect(life(plan, abs)).toEqual([2, plan.steps.length]);
    expect(life(plan, add)).toEqual([3, 4]);
  });

  it("lets a view keep what it looks at alive, through views of views", () => {
    const plan = planOf(
      "x: f32[4]",
      "%0 = exp(x)",
      "%1 = reshape(%0, [2, 2])",
      "%2 = reshape(%1, [1, 4])",
      "%3 = neg(x)",
      "return y: add(%2, %3)",
    );
    const exp = plan.steps[0]?.outputs[0] as number;
    const views = plan.values.flatMap(({ storage }, i) => (storage.kind === "view" ? [[i, storage.of]] : []));
    expect(views).toHaveLength(2);
    expect(views[0]?.[1]).toBe(exp);
    expect(views[1]?.[1]).toBe(views[0]?.[0]);
    expect(life(plan, exp)).toEqual([0, 4]);
  });

  it("puts outputs, values of unknown size and views of inputs outside the arena", () => {
    expect(kinds(planOf("x: f32[4]", "%0 = reshape(x, [2, 2])", "return y: exp(%0), z: x"))).toEqual([
      "input",
      "constant",
      "heap",
      "heap",
    ]);
    const open = planOf("x: f32[4]", "%0 = nonZero(x)", "return y: exp(cast(%0, {to: f32}))");
    expect(kinds(open)).toEqual(["input", "heap", "heap", "heap"]);
    const strings = planOf("x: f32[4]", "%0 = cast(x, {to: string})", "return y: cast(%0, {to: f32})");
    expect(kinds(strings)).toEqual(["input", "heap", "heap"]);
  });

  it("serves outputs that are inputs, constants, or one value under two names", () => {
    const plan = planOf("x: f32[4]", "%0 = exp(x)", "return a: x, b: f32 1, c: %0, d: %0");
    expect(plan.outputs.map(({ value }) => plan.values[value]?.storage.kind)).toEqual([
      "input",
      "constant",
      "heap",
      "heap",
    ]);
    expect(plan.outputs[2]?.value).toBe(plan.outputs[3]?.value);
    expect(plan.steps).toHaveLength(1);
  });
});
