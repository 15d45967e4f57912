import { describe, expect, it } from "vitest";
import { input } from "../graph/leaves.ts";
import { withOrigin } from "../graph/origin.ts";
import { parseGraph } from "../graph/parse.ts";
import { tensorType } from "../graph/type.ts";
import { ops } from "../ops/index.ts";
import { symbol } from "../tensor/dim.ts";
import { bindPlan } from "./bind-plan.ts";
import { buildPlan } from "./build-plan.ts";
import { planToJson } from "./plan-json.ts";
import { printPlan } from "./print-plan.ts";

const { exp, mul, reshape, softmax } = ops;
const x = input("in.0", tensorType("f32", [symbol("N"), 4]));
const scaled = withOrigin("/scale", () => mul(x, 0.5));
const value = exp(softmax(reshape(scaled, [4, symbol("N")]), { axis: 0 }));
const plan = buildPlan({ name: "main", inputs: [x], outputs: [{ name: "y", value }] });

describe("printPlan", () => {
  it("shows steps, kernels, places and lifetimes", () => {
    expect(printPlan(plan)).toBe(
      `plan main("in.0": f32[N,4]) {
  0  %2 = mul("in.0", f32 0.5) by eval                  # f32[N,4] arena, until 2  /scale
  1  %4 = reshape(%2, [4, N]) by eval                   # f32[4,N] view of %2, until 2
  2  %5 = softmax(%4, {axis: 0}) by eval                # f32[4,N] arena, until 3
  3  %6 = exp(%5) by eval                               # f32[4,N] heap, until 4
  return y: %6
}`,
    );
  });

  it("shows sizes and offsets of a bound plan", () => {
    const text = printPlan(plan, bindPlan(plan, new Map([["N", 8]])), { origins: false });
    expect(text).toMatch(/# N=8, arena 256 bytes\n/);
    expect(text).toContain("# f32[N,4] arena+0, until 2\n");
    expect(text).toContain("# f32[4,N] view of %2+0, until 2\n");
    expect(text).toContain("# f32[4,N] arena+128, until 3\n");
  });

  it("shows results that nobody uses and several results of one step", () => {
    const tuple = parseGraph(
      "graph g(x: f32[4]) {\n%0 = topK(x, [1], {axis: 0, largest: true})\nreturn i: %0.1\n}",
      ops,
    );
    expect(printPlan(buildPlan(tuple))).toContain("  0  _, %2 = topK(x, [1], {axis: 0, largest: true}) by eval");
  });
});

describe("planToJson", () => {
  it("lists steps as nodes with kernels, places and lifetimes", () => {
    const json = JSON.parse(JSON.stringify(planToJson(plan)));
    expect(json.inputs).toEqual([{ name: "in.0", dtype: "f32", shape: ["N", 4] }]);
    expect(json.outputs).toEqual([{ name: "y", dtype: "f32", shape: [4, "N"] }]);
    expect(json.nodes).toHaveLength(4);
    expect(json.nodes[0]).toEqual({
      op: "mul",
      name: "%2",
      origin: "/scale",
      kernel: "eval",
      inputs: ["in.0", "f32 0.5"],
      outputs: [{ name: "%2", dtype: "f32", shape: ["N", 4], storage: "arena", from: 0, to: 2 }],
      attributes: {},
    });
    expect(json.nodes[2]).toMatchObject({ op: "softmax", inputs: ["%4"], attributes: { axis: 0 } });
  });
});
