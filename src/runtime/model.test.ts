import { describe, expect, it } from "vitest";
import { evaluate } from "../graph/evaluate.ts";
import type { Graph } from "../graph/graph.ts";
import { input } from "../graph/leaves.ts";
import type { Op } from "../graph/op.ts";
import { withOrigin } from "../graph/origin.ts";
import { parseGraph } from "../graph/parse.ts";
import { randomGraph } from "../graph/testdata/random-graph.ts";
import { tensorType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import { ops } from "../ops/index.ts";
import { op } from "../ops/op.ts";
import { expectClose } from "../passes/testdata/expect-close.ts";
import { randomDatum, seededRandom } from "../passes/testdata/random-datum.ts";
import { buildPlan } from "../plan/build-plan.ts";
import { AbortedError, LimitError, ShapeError, UsageError } from "../tensor/errors.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { RunLimits } from "./limits.ts";
import { defaultRunLimits } from "./limits.ts";
import type { Outputs } from "./model.ts";
import { Model } from "./model.ts";
import type { StepReport } from "./step-report.ts";

/** Takes a while: `ms` milliseconds of work. */
const busy = op("busy", ["x"], {
  infer: ([x], _attributes: { readonly ms: number }) => x.type,
  eval([x], { ms }) {
    const end = performance.now() + ms;
    while (performance.now() < end);
    return { ...x, data: Float32Array.from(numbers(x), (value) => value + 1) } as Tensor;
  },
});
const known: Readonly<Record<string, Op>> = { ...ops, busy };
const resolveOp = (name: string): Op => known[name] as Op;
const info = { target: "eval", threads: 1, reasons: [], warnings: [] };

const modelOf = (graph: Graph, limits: Partial<RunLimits> = {}) =>
  new Model({ plan: buildPlan(graph), resolveOp, limits: { ...defaultRunLimits, ...limits }, info });
const parsed = (inputs: string, ...lines: string[]) =>
  parseGraph(`graph g(${inputs}) {\n${lines.join("\n")}\n}`, known);
const valuesOf = (outputs: Outputs, name = "y") => Array.from(numbers(outputs[name] as Tensor));

/** A chain of `steps` busy operators of `ms` milliseconds each. */
function busyModel(steps: number, ms: number, limits: Partial<RunLimits> = {}): Model {
  const x = input("x", tensorType("f32", [1]));
  let value: Value = x;
  for (let i = 0; i < steps; i++) value = withOrigin(`/busy/${i}`, () => busy(value, { ms }));
  return modelOf({ name: "busy", inputs: [x], outputs: [{ name: "y", value }] }, limits);
}
const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("Model", () => {
  it("declares inputs and outputs with numbers, symbols and open ranks", () => {
    const model = modelOf(
      parsed("x: f32[N,4], s: sequence(i64[...]), r: f32[...]", "return y: concat(x, x, {axis: 0}), r: r"),
    );
    expect(model.inputs).toEqual([
      { name: "x", kind: "tensor", dtype: "f32", shape: ["N", 4] },
      { name: "s", kind: "sequence", dtype: undefined, shape: undefined },
      { name: "r", kind: "tensor", dtype: "f32", shape: undefined },
    ]);
    expect(model.outputs[0]).toEqual({ name: "y", kind: "tensor", dtype: "f32", shape: ["2*N", 4] });
  });

  it("runs, and again with other shapes", async () => {
    const model = modelOf(parsed("x: f32[N,2]", "%0 = mul(x, 2)", "%1 = reshape(%0, [2, N])", "return y: add(%1, 1)"));
    expect(valuesOf(await model.run({ x: [1, 2] }))).toEqual([3, 5]);
    expect((await model.run({ x: [1, 2, 3, 4] }))["y"]).toEqual(fromNumbers("f32", [2, 2], [3, 5, 7, 9]));
    expect(valuesOf(model.runSync({ x: [1, 2] }))).toEqual([3, 5]);
    expect(model.info).toMatchObject({
      steps: 3,
      evalSteps: 3,
      evalOps: { mul: 1, reshape: 1, add: 1 },
      arenaBytes: 64,
    });
  });

  it("takes feeds in every form, in turn, with more sizes than it keeps plans for", () => {
    const model = modelOf(parsed("x: f32[N,2], n: i64[]", 'return y: mul(x, cast(n, {to: "f32"}))'));
    for (let round = 0; round < 2; round++) {
      for (let rows = 1; rows <= 20; rows++) {
        const x = Float32Array.from({ length: 2 * rows }, (_, i) => i + round);
        const expected = fromNumbers(
          "f32",
          [rows, 2],
          Array.from(x, (each) => 3 * each),
        );
        for (const feed of [x, { dtype: "f32" as const, shape: [rows, 2], data: x }, [...x]]) {
          for (const n of [3, 3n, BigInt64Array.of(3n)]) expect(model.runSync({ x: feed, n })["y"]).toEqual(expected);
        }
      }
    }
  });

  it("computes what evaluate does on random graphs, over one arena", async () => {
    for (let seed = 1; seed <= 25; seed++) {
      const random = seededRandom(seed);
      const graph = randomGraph(random, 30);
      const model = modelOf(graph);
      for (const size of [3, 1, 5]) {
        const data = graph.inputs.map(({ type }) => randomDatum(type, new Map([["N", size]]), random));
        const outputs = await model.run(
          Object.fromEntries(model.inputs.map(({ name }, i) => [name, data[i] as Tensor])),
        );
        const what = `seed ${seed}, N=${size}`;
        expectClose(
          model.outputs.map(({ name }) => outputs[name] as Tensor),
          evaluate(graph, data),
          what,
        );
      }
    }
  });

  it("gives outputs that later runs and the caller's changes leave alone", async () => {
    const model = modelOf(parsed("x: f32[2]", "return y: exp(x), same: x, c: f32[2] 7, v: reshape(x, [2, 1])"));
    const x = Float32Array.of(0, 1);
    const first = await model.run({ x });
    const kept = structuredClone(first);
    x.fill(9);
    (first["c"] as Tensor<"f32">).data.fill(0);
    const second = await model.run({ x: [5, 5] });
    expect({ ...first, c: kept["c"] }).toEqual(kept);
    expect(valuesOf(second, "c")).toEqual([7, 7]);
    expect(valuesOf(first, "same")).toEqual([0, 1]);
    expect(valuesOf(first, "v")).toEqual([0, 1]);
  });

  it("reports each step, and feeds that do not fit", async () => {
    const model = busyModel(3, 0);
    const seen: StepReport[] = [];
    await model.run(
      { x: 1 },
      { onStep: (report) => seen.push({ ...report, outputs: structuredClone(report.outputs) }) },
    );
    expect(seen.map(({ index, op: name, kernel, origin }) => [index, name, kernel, origin])).toEqual(
      [0, 1, 2].map((i) => [i, "busy", "eval", `/busy/${i}`]),
    );
    expect(seen.map(({ outputs }) => Array.from(numbers(outputs[0] as Tensor)))).toEqual([[2], [3], [4]]);
    expect(seen.every(({ ms }) => ms >= 0)).toBe(true);
    expect(await rejection(model.run({ z: 1 }))).toBeInstanceOf(UsageError);
    expect(await rejection(model.run({ x: [1, 2] }))).toBeInstanceOf(ShapeError);
    expect(() => model.runSync({ x: [1, 2] })).toThrow(ShapeError);
  });

  it("names operator and node in the error of a step, and runs again after it", async () => {
    const x = input("x", tensorType("f32", undefined));
    const n = input("n", tensorType("i64", [1]));
    const value = withOrigin("/view", () => ops.reshape(x, n));
    const model = modelOf({ name: "g", inputs: [x, n], outputs: [{ name: "y", value }] });
    const tensor = fromNumbers("f32", [3], [1, 2, 3]);
    expect(String(await rejection(model.run({ x: tensor, n: [2] })))).toMatch(/^ShapeError: reshape "\/view": /);
    expect(valuesOf(await model.run({ x: tensor, n: [3] }))).toEqual([1, 2, 3]);
  });

  it("finds an operator whose result is not what it inferred", () => {
    const lying = op("lying", ["x"], { infer: ([x]) => x.type, eval: () => fromNumbers("f32", [3], [1, 2, 3]) });
    const x = input("x", tensorType("f32", [2]));
    const value = ops.exp(withOrigin("/liar", () => lying(x)));
    const plan = buildPlan({ name: "g", inputs: [x], outputs: [{ name: "y", value }] });
    const model = new Model({
      plan,
      resolveOp: (name) => (name === "lying" ? lying : resolveOp(name)),
      limits: defaultRunLimits,
      info,
    });
    expect(() => model.runSync({ x: [1, 2] })).toThrow('Bug: lying "/liar" gave f32[3], but the plan says f32[2].');
  });
});

describe("Model.run", () => {
  it("queues calls: one at a time, in order", async () => {
    const model = busyModel(3, 5);
    const log: string[] = [];
    const run = (name: string) =>
      model.run({ x: 0 }, { onStep: ({ index }) => log.push(`${name}${index}`) }).then(() => log.push(name));
    await Promise.all([run("a"), run("b")]);
    expect(log.filter((entry) => entry.length > 1)).toEqual(["a0", "a1", "a2", "b0", "b1", "b2"]);
    expect(log.indexOf("a")).toBeLessThan(log.indexOf("b"));
  });

  it("goes on after a run that fails", async () => {
    const model = busyModel(1, 0);
    const failed = rejection(model.run({ x: [1, 2] }));
    const good = model.run({ x: 1 });
    expect(await failed).toBeInstanceOf(ShapeError);
    expect(valuesOf(await good)).toEqual([2]);
  });

  it("lets the event loop turn between steps", async () => {
    const model = busyModel(12, 6);
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await model.run({ x: 0 });
    clearInterval(timer);
    // 12 steps of 6 ms: a turn is due after each.
    expect(turns).toBeGreaterThanOrEqual(6);
  });

  it("runs short plans without a turn", async () => {
    const model = busyModel(3, 0);
    let turned = 0;
    const runs = 20;
    for (let i = 0; i < runs; i++) {
      await new Promise((resolve) => setImmediate(resolve));
      const immediate = setImmediate(() => turned++);
      await model.run({ x: 0 });
      clearImmediate(immediate);
    }
    // A machine under load may hold a step up.
    expect(turned).toBeLessThan(runs / 2);
  });

  it("ends between steps when its signal fires, with the reason as cause", async () => {
    const model = busyModel(50, 6);
    const controller = new AbortController();
    let steps = 0;
    const reason = new Error("changed my mind");
    setTimeout(() => controller.abort(reason), 20);
    const error = await rejection(model.run({ x: 0 }, { signal: controller.signal, onStep: () => steps++ }));
    expect(error).toBeInstanceOf(AbortedError);
    expect((error as AbortedError).cause).toBe(reason);
    const atAbort = steps;
    expect(atAbort).toBeLessThan(50);
    expect(valuesOf(await busyModel(1, 0).run({ x: 0 }))).toEqual([1]);
    expect(steps).toBe(atAbort);
  });

  it("refuses at once when its signal has fired already, and rejects a waiting run before its turn", async () => {
    const model = busyModel(10, 6);
    const started: string[] = [];
    const first = model.run({ x: 0 }, { onStep: () => started.push("first") });
    const controller = new AbortController();
    const waiting = rejection(
      model.run({ x: 0 }, { signal: controller.signal, onStep: () => started.push("waiting") }),
    );
    const done = first.then(() => "first");
    setTimeout(() => controller.abort(), 5);
    expect(await Promise.race([waiting, done])).toBeInstanceOf(AbortedError);
    expect(await rejection(model.run({ x: 0 }, { signal: AbortSignal.abort() }))).toBeInstanceOf(AbortedError);
    await first;
    await model.run({ x: 0 });
    expect(started).toEqual(new Array(10).fill("first"));
  });

  it("stops after its time", async () => {
    const model = busyModel(100, 6, { timeoutMs: 30 });
    const error = await rejection(model.run({ x: 0 }));
    expect(error).toBeInstanceOf(LimitError);
    expect(String(error)).toContain("The run took longer than limits.timeoutMs = 30");
  });

  it("does not count time in the queue", async () => {
    const model = busyModel(3, 60, { timeoutMs: 450 });
    const outputs = await Promise.all([0, 1, 2].map((x) => model.run({ x })));
    expect(outputs.map((each) => valuesOf(each)[0])).toEqual([3, 4, 5]);
  });

  it("refuses an arena over the limit", async () => {
    const model = modelOf(parsed("x: f32[N]", "%0 = exp(x)", "return y: exp(%0)"), { maxArenaBytes: 1024 });
    expect((await model.run({ x: new Float32Array(256) }))["y"]).toMatchObject({ shape: [256] });
    const error = await rejection(model.run({ x: new Float32Array(257) }));
    expect(error).toBeInstanceOf(LimitError);
    expect(String(error)).toContain("more than limits.maxArenaBytes = 1024");
  });
});

describe("Model.runSync", () => {
  it("lets a run wait that is asked for in one of its steps", async () => {
    const model = busyModel(3, 0);
    const waiting: Promise<Outputs>[] = [];
    const outputs = model.runSync({ x: 1 }, { onStep: () => waiting.push(model.run({ x: 5 })) });
    expect(valuesOf(outputs)).toEqual([4]);
    expect((await Promise.all(waiting)).map((each) => valuesOf(each))).toEqual([[8], [8], [8]]);
  });

  it("is refused while a run is under way, also from inside a step", async () => {
    const model = busyModel(5, 6);
    const running = model.run({ x: 0 });
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(() => model.runSync({ x: 0 })).toThrow(UsageError);
    expect(() => model.runSync({ x: 0 })).toThrow(
      "A run of this model is under way; await it before calling runSync().",
    );
    await running;
    expect(() => model.runSync({ x: 0 }, { onStep: () => model.runSync({ x: 0 }) })).toThrow(UsageError);
    expect(valuesOf(model.runSync({ x: 0 }))).toEqual([5]);
  });

  it("heeds signal and time", () => {
    expect(() => busyModel(1, 0).runSync({ x: 0 }, { signal: AbortSignal.abort() })).toThrow(AbortedError);
    expect(() => busyModel(20, 6, { timeoutMs: 20 }).runSync({ x: 0 })).toThrow(LimitError);
  });
});

describe("Model.dispose", () => {
  it("makes every later use fail, runs that wait included, and may be repeated", async () => {
    const model = busyModel(5, 6);
    const running = model.run({ x: 0 });
    const waiting = rejection(model.run({ x: 0 }));
    await new Promise((resolve) => setTimeout(resolve, 8));
    model.dispose();
    model.dispose();
    expect(valuesOf(await running)).toEqual([5]);
    expect(await waiting).toBeInstanceOf(UsageError);
    expect(String(await rejection(model.run({ x: 0 })))).toContain(
      "The model has been disposed of. Load it again to run it.",
    );
    expect(() => model.runSync({ x: 0 })).toThrow(UsageError);
    expect(() => model.info).toThrow(UsageError);
    expect(model.inputs).toHaveLength(1);
  });

  it("is what using and await using call; the latter waits for runs", async () => {
    const model = busyModel(3, 6);
    const running = model.run({ x: 0 });
    await model[Symbol.asyncDispose]();
    expect(valuesOf(await running)).toEqual([3]);
    const other = busyModel(1, 0);
    other[Symbol.dispose]();
    expect(() => other.info).toThrow(UsageError);
  });
});
