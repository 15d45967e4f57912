import { describe, expect, it, test } from "vitest";
import { seed } from "../../test/support/seed.ts";
import { evaluate } from "../graph/evaluate.ts";
import { parseGraph } from "../graph/parse.ts";
import { LimitError, ShapeError } from "../index.ts";
import { ops } from "../ops/index.ts";
import { resolveOp } from "../ops/registered.ts";
import { runPipeline } from "../passes/pipeline.ts";
import { expectClose } from "../passes/testdata/expect-close.ts";
import { buildPlan } from "../plan/build-plan.ts";
import { defaultRunLimits } from "../runtime/limits.ts";
import { Model } from "../runtime/model.ts";
import { fromNumbers } from "../tensor/numbers.ts";
import { createRandom } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { kernelTargets } from "./target.ts";

const info = { target: "test", threads: 1, reasons: [], warnings: [] };
const targets = kernelTargets().map(({ name, openHost }) => [name, openHost] as const);

const graphOf = (inputs: string, ...lines: readonly string[]) =>
  parseGraph(`graph g(${inputs}) {\n${lines.join("\n")}\n}`, ops);
type TestGraph = ReturnType<typeof graphOf>;

const modelOf = (graph: TestGraph, openHost: (typeof targets)[number][1]): Model => {
  const planOf = (body: TestGraph) => buildPlan(runPipeline(body));
  return new Model({
    ...{ plan: planOf(graph), resolveOp, limits: defaultRunLimits, info, planBody: planOf },
    host: openHost(),
  });
};

/** Graphs whose sizes depend on n, a vector of two integers, and what n may be. */
const shaped: readonly (readonly [string, TestGraph, readonly (readonly number[])[]])[] = [
  [
    "expand",
    graphOf("x: f32[1,3], n: i64[2]", "return y: exp(expand(x, n))"),
    [
      [2, 3],
      [5, 3],
      [0, 3],
      [5, 1],
    ],
  ],
  [
    "tile",
    graphOf("x: f32[2,3], n: i64[2]", "return y: neg(tile(x, n))"),
    [
      [1, 1],
      [3, 2],
      [0, 1],
      [2, 5],
    ],
  ],
  [
    "pad",
    graphOf(
      "x: f32[2,3], n: i64[2]",
      '%0 = pad(x, concat(n, [1, 0], {axis: 0}), f32 7, _, {mode: "constant"})',
      "return y: mul(%0, f32 2)",
    ),
    [
      [0, 0],
      [3, 1],
      [-1, 0],
      [2, -2],
    ],
  ],
  [
    "a cache that grows",
    graphOf(
      "x: f32[4,3], n: i64[2]",
      "%0 = max(slice(n, [0], [1], [0], _), [4])",
      '%1 = pad(x, concat([0], sub(%0, [4]), {axis: 0}), _, [0], {mode: "constant"})',
      "return y: gather(exp(%1), slice(n, [1], [2], [0], _), {axis: 0}), all: %1",
    ),
    [
      [1, 0],
      [4, 3],
      [2, 2],
      [7, 6],
      [7, 0],
    ],
  ],
  [
    "range and slice",
    graphOf(
      "x: f32[9], n: i64[2]",
      "%0 = max(n, 0)",
      "%1 = slice(x, [0], slice(%0, [0], [1], [0], _), [0], _)",
      "%2 = range(i64 0, squeeze(slice(n, [1], [2], [0], _), [0]), i64 1)",
      "return y: sqrt(abs(%1)), z: add(%2, i64 1)",
    ),
    [
      [3, 4],
      [9, 0],
      [20, 1],
      [-2, 3],
      [0, -5],
    ],
  ],
  [
    "topK",
    graphOf(
      "x: f32[2,6], n: i64[2]",
      "%0 = topK(x, slice(n, [0], [1], [0], _), {axis: -1, largest: true})",
      "return y: neg(%0.0), z: %0.1",
    ),
    [
      [1, 0],
      [6, 0],
      [0, 0],
      [3, 3],
    ],
  ],
  [
    "a body",
    graphOf(
      "x: f32[1,4], n: i64[2]",
      "%0 = expand(x, n)",
      "%1 = greater(reduceSum(n), i64 6)",
      `%2 = conditional(%1, %0, {
        thenBranch: graph yes(a: f32[n[0],4]) { return r: exp(a) },
        elseBranch: graph no(a: f32[n[0],4]) { return r: neg(a) }
      })`,
      "return y: abs(%2.0)",
    ),
    [
      [2, 4],
      [3, 4],
      [2, 1],
      [5, 4],
    ],
  ],
];

/** The shape of x in each graph. */
const shapeOfX = (graph: TestGraph): readonly number[] => {
  const type = graph.inputs[0]?.type;
  return type?.kind === "tensor" ? (type.shape as readonly number[]) : [];
};

describe.each(targets)(`sizes that depend on elements, on %s (LANEWISE_SEED=${seed})`, (_name, openHost) => {
  test.each(shaped)("%s", (_what, graph, sizes) => {
    const random = createRandom(`elements ${seed}`);
    using model = modelOf(graph, openHost);
    const order = [...sizes, ...sizes].sort(() => random.uniform() - 0.5);
    for (const n of order) {
      const shape = shapeOfX(graph);
      const count = shape.reduce((product, dim) => product * dim, 1);
      const x = fromNumbers(
        "f32",
        shape,
        Float64Array.from({ length: count }, () => 2 * random.uniform() - 1),
      );
      const feeds = { x, n: fromNumbers("i64", [2], n) };
      const expected = evaluate(graph, [feeds.x, feeds.n]);
      const outputs = model.runSync(feeds);
      const got = graph.outputs.map(({ name }) => outputs[name] as Tensor);
      expectClose(got, expected, `for n = ${n}`);
    }
  });
});

describe("elements that are no sizes", () => {
  const [, openHost] = targets[0] as (typeof targets)[number];
  const model = modelOf(graphOf("x: f32[1], n: i64[1]", "return y: exp(expand(x, n))"), openHost);
  const run = (n: bigint) => model.runSync({ x: Float32Array.of(1), n: BigInt64Array.of(n) });

  it("are told with their step, below 0 and too large for any arena", () => {
    expect(() => run(-2n)).toThrow(ShapeError);
    expect(() => run(-2n)).toThrow(
      'expand "": the dim n[0] of f32[n[0]] has no size for n[0]=-2: it must be a whole number of at least 0. The operands of the step are x f32[1], shape i64[1].',
    );
    expect(() => run(2n ** 40n)).toThrow(LimitError);
    expect(() => run(2n ** 63n - 1n)).toThrow(LimitError);
    expect(run(3n)["y"]?.shape).toEqual([3]);
  });

  it("are told where they are beyond an axis", () => {
    const top = modelOf(
      graphOf("x: f32[2,3], k: i64[1]", "%0 = topK(x, k, {axis: 1, largest: true})", "return y: %0.0"),
      openHost,
    );
    expect(() => top.runSync({ x: new Float32Array(6), k: [4] })).toThrow("k is 4, but axis 1 of x f32[2,3] has 3");
  });
});

test("memory does not grow with the number of sizes that were bound", () => {
  const [, openHost] = targets[0] as (typeof targets)[number];
  const pad = '%0 = pad(x, concat([0], n, {axis: 0}), _, [0], {mode: "constant"})';
  using model = modelOf(graphOf("x: f32[4,64], n: i64[1]", pad, "return y: exp(%0)"), openHost);
  const sizes = Array.from({ length: 40 }, (_, i) => 60 - i);
  const turn = () => {
    for (const n of sizes) model.runSync({ x: new Float32Array(256), n: [n] });
    return model.info.memoryBytes;
  };
  const first = turn();
  turn();
  // What one plan more would take, and not the 40 that were bound anew: places may be cut differently.
  expect(turn() - first).toBeLessThan(1024);
});
