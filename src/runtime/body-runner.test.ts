import { expect, it } from "vitest";
import { wasmSimd128 } from "../codegen/wasm/targets.ts";
import { evaluate } from "../graph/evaluate.ts";
import { parseGraph } from "../graph/parse.ts";
import { ops } from "../ops/index.ts";
import { resolveOp } from "../ops/registered.ts";
import { runPipeline } from "../passes/pipeline.ts";
import { expectClose } from "../passes/testdata/expect-close.ts";
import { randomDatum, seededRandom } from "../passes/testdata/random-datum.ts";
import { buildPlan } from "../plan/build-plan.ts";
import type { Plan } from "../plan/plan.ts";
import { fromNumbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { WasmHost } from "./hosts/wasm/wasm-host.ts";
import { defaultRunLimits } from "./limits.ts";
import { Model } from "./model.ts";

/** A branch with a product worth a plan; how it goes on depends on sizes alone, by conditionals that import cannot decide. */
const branching = parseGraph(
  `graph g(flag: bool[], x: f32[N,32], w: f32[32,M]) {
    %0 = conditional(flag, x, w, {
      thenBranch: graph yes(a: f32[N,32], b: f32[32,M]) {
        %0 = matmul(a, b)
        %1 = equal([N], [1])
        %2 = conditional(%1, %0, {
          thenBranch: graph row(c: f32[N,M]) { return r: squeeze(c, [0]) },
          elseBranch: graph rows(c: f32[N,M]) { return r: c }
        })
        %3 = size(shapeOf(%2.0))
        %4 = equal(%3, i64 1)
        %5 = conditional(%4, %2.0, {
          thenBranch: graph flat(d: f32[...]) { return r: unsqueeze(d, [0]) },
          elseBranch: graph full(d: f32[...]) { return r: d }
        })
        %6 = exp(%5.0)
        return r: %6, s: reduceSum(%6, {axes: [0], keepDims: false})
      },
      elseBranch: graph no(a: f32[N,32], b: f32[32,M]) {
        %0 = matmul(a, b)
        return r: neg(%0), s: reduceSum(%0, {axes: [0], keepDims: false})
      }
    })
    return r: %0.0, s: %0.1
  }`,
  ops,
);

/** The model, which notes the plans of its bodies. */
function modelFor(plans: Plan[], sizes: readonly (readonly [string, number])[] = []): Model {
  return new Model({
    plan: buildPlan(branching),
    resolveOp,
    limits: defaultRunLimits,
    info: { target: wasmSimd128.name, threads: 1, reasons: [], warnings: [] },
    host: new WasmHost(wasmSimd128),
    ...(sizes.length > 0 && { bindings: new Map(sizes) }),
    planBody(graph) {
      const plan = buildPlan(runPipeline(graph));
      plans.push(plan);
      return plan;
    },
  });
}

it("plans both branches when the model is loaded, where sizes are known then", () => {
  const plans: Plan[] = [];
  const model = modelFor(plans, [
    ["N", 5],
    ["M", 64],
  ]);
  expect(plans.map(({ inputs }) => inputs.length)).toEqual([2, 2]);
  const { memoryBytes } = model.info;
  const x = { dtype: "f32", shape: [5, 32], data: new Float32Array(160).fill(1) } as const;
  const w = { dtype: "f32", shape: [32, 64], data: new Float32Array(2048).fill(1) } as const;
  for (const truth of [1, 0]) {
    const { r } = model.runSync({ flag: fromNumbers("bool", [], [truth]), x, w });
    expect(Number((r as Tensor).data[0]) / (truth === 1 ? Math.exp(32) : -32)).toBeCloseTo(1, 5);
  }
  expect(plans).toHaveLength(2);
  expect(model.info.memoryBytes).toBe(memoryBytes);
  model.dispose();
});

it("decides conditionals inside a branch by the sizes that it gets", () => {
  const plans: Plan[] = [];
  const model = modelFor(plans);
  const random = seededRandom(7);
  for (const [rows, columns] of [
    [1, 400],
    [5, 64],
    [1, 400],
    [5, 80],
  ] as const) {
    const sizes = new Map([
      ["N", rows],
      ["M", columns],
    ]);
    const [x, w] = branching.inputs.slice(1).map(({ type }) => randomDatum(type, sizes, random) as Tensor);
    for (const truth of [1, 0, 1]) {
      const flag = fromNumbers("bool", [], [truth]);
      const outputs = model.runSync({ flag, x: x as Tensor, w: w as Tensor });
      const expected = evaluate(branching, [flag, x, w]);
      expectClose([outputs["r"] as Tensor, outputs["s"] as Tensor], expected, `${rows} x ${columns}, ${truth}`);
    }
  }
  expect(plans.length).toBe(6);
  expect(plans.flatMap(({ steps }) => steps.map(({ op }) => op))).not.toContain("conditional");
  model.dispose();
});

it("binds symbols of a body's own by the sizes of its inputs", () => {
  const graph = parseGraph(
    `graph g(n: i64[], x: f32[N,N]) {
      %0 = loop(n, _, x, {
        body: graph step(i: i64[], go: bool[], s: f32[K,K]) {
          %0 = matmul(s, s)
          %1 = reshape(%0, [1, K*K])
          return next: go, r: reshape(tanh(%1), [K, K])
        },
        carried: 1
      })
      return y: %0.0
    }`,
    ops,
  );
  const model = new Model({
    plan: buildPlan(graph),
    resolveOp,
    limits: defaultRunLimits,
    info: { target: wasmSimd128.name, threads: 1, reasons: [], warnings: [] },
    host: new WasmHost(wasmSimd128),
    planBody: (body) => buildPlan(runPipeline(body)),
  });
  const random = seededRandom(8);
  for (const size of [32, 40]) {
    const inputs = [
      fromNumbers("i64", [], [3]),
      randomDatum(graph.inputs[1]?.type as never, new Map([["N", size]]), random),
    ];
    const outputs = model.runSync({ n: inputs[0] as Tensor, x: inputs[1] as Tensor });
    expectClose([outputs["y"] as Tensor], evaluate(graph, inputs), `K = ${size}`);
  }
  model.dispose();
});
