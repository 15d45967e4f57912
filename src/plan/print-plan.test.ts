import { describe, expect, it } from "vitest";
import { wasmSimd128 } from "../codegen/wasm/targets.ts";
import { input } from "../graph/leaves.ts";
import { withOrigin } from "../graph/origin.ts";
import { parseGraph } from "../graph/parse.ts";
import { tensorType } from "../graph/type.ts";
import { ops } from "../ops/index.ts";
import { symbol } from "../tensor/dim.ts";
import { bindPlan } from "./bind-plan.ts";
import { buildPlan } from "./build-plan.ts";
import { planToJson } from "./plan-json.ts";
import { printBoundPlan } from "./print-bound-plan.ts";
import { printPlan } from "./print-plan.ts";

const { det, exp, mul, reshape, softmax } = ops;
const x = input("in.0", tensorType("f32", [symbol("N"), 4]));
const scaled = withOrigin("/scale", () => mul(x, 0.5));
const value = exp(softmax(reshape(scaled, [4, symbol("N")]), { axis: 0 }));
const plan = buildPlan({ name: "main", inputs: [x], outputs: [{ name: "y", value }] });
const sizes = new Map([["N", 8]]);

/** Two operators that one kernel does, a view, and one that nothing but `eval` does. */
const mixed = buildPlan({
  ...{ name: "mixed", inputs: [x] },
  outputs: [
    {
      name: "d",
      value: det(
        reshape(
          withOrigin("/exp", () => exp(scaled)),
          [2, 4, 4],
        ),
      ),
    },
  ],
});
const bound = bindPlan(mixed, sizes, { target: wasmSimd128 });

describe("printPlan", () => {
  it("shows steps, places and lifetimes", () => {
    expect(printPlan(plan)).toBe(
      `plan main("in.0": f32[N,4]) {
  0  %2 = mul("in.0", f32 0.5)                          # f32[N,4] arena, until 2  /scale
  1  %4 = reshape(%2, [4, N])                           # f32[4,N] view of %2, until 2
  2  %5 = softmax(%4, {axis: 0})                        # f32[4,N] arena, until 3
  3  %6 = exp(%5)                                       # f32[4,N] heap, until 4
  return y: %6
}`,
    );
  });

  it("shows results that nobody uses and several results of one step", () => {
    const tuple = parseGraph(
      "graph g(x: f32[4]) {\n%0 = topK(x, [1], {axis: 0, largest: true})\nreturn i: %0.1\n}",
      ops,
    );
    expect(printPlan(buildPlan(tuple))).toContain("  0  _, %2 = topK(x, [1], {axis: 0, largest: true})  ");
  });
});

describe("printBoundPlan", () => {
  it("shows what runs each step, what it covers, and where results lie", () => {
    expect(printBoundPlan(bound, { target: "wasm-simd128" })).toBe(
      `plan mixed("in.0": f32[N,4]) {                          # N=8, wasm-simd128, arena ${bound.arenaBytes} bytes
  1  %3 = mul+exp("in.0", f32 0.5) by elementwise       # f32[8,4] arena+${bound.offsets[3]}, 128 bytes
       %2 = mul("in.0", f32 0.5)                        # /scale
       %3 = exp(%2)                                     # /exp
  2  %5 = reshape(%3, [2, 4, 4]) is a view              # f32[2,4,4] arena+${bound.offsets[3]}
  3  %6 = det(%5) by eval: det has no kernels yet       # f32[2] arena+${bound.offsets[6]}, 8 bytes
  return d: %6
}`,
    );
  });

  it("says that eval runs what has no target", () => {
    const text = printBoundPlan(bindPlan(plan, sizes), { origins: false });
    expect(text).toMatch(/# N=8, arena 256 bytes\n/);
    expect(text).toContain("by eval: the target is eval  # f32[8,4] arena+0, 128 bytes\n");
    expect(text).toContain("# f32[4,8] heap\n");
  });
});

describe("planToJson", () => {
  it("lists steps as nodes with what runs them, what they cover, and places", () => {
    const json = JSON.parse(JSON.stringify(planToJson(bound)));
    expect(json.inputs).toEqual([{ name: "in.0", dtype: "f32", shape: ["N", 4] }]);
    expect(json.outputs).toEqual([{ name: "d", dtype: "f32", shape: [2] }]);
    expect(json.nodes).toHaveLength(3);
    expect(json.nodes[0]).toEqual({
      ...{ op: "exp", name: "%3", origin: "/exp", kernel: "elementwise", reasons: [] },
      covers: [
        { op: "mul", origin: "/scale" },
        { op: "exp", origin: "/exp" },
      ],
      inputs: ["in.0", "f32 0.5"],
      outputs: [{ name: "%3", dtype: "f32", shape: [8, 4], arena: bound.offsets[3] }],
      attributes: {},
    });
    expect(json.nodes[1]).toMatchObject({ op: "reshape", kernel: "view", inputs: ["%3", "[2, 4, 4]"] });
    expect(json.nodes[2]).toMatchObject({ op: "det", kernel: "eval", reasons: ["det has no kernels yet"] });
  });
});
