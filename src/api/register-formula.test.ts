import { describe, expect, it } from "vitest";
import type { FormulaOp, Model, Tensor } from "../index.ts";
import { load, registerOp, ShapeError, UsageError } from "../index.ts";
import { kernelTargets } from "./target.ts";
import { rejection } from "./testdata/models.ts";
import type { TestModel, TestNode } from "./testdata/onnx-model.ts";
import { onnxModel } from "./testdata/onnx-model.ts";

const domain = "test.formula";
const opsets = { "": 21, [domain]: 1 };
const data = Float32Array.of(-3, -1.5, -0.25, 0, 0.5, 2, 40, -100, 7);
const x: Tensor = { dtype: "f32", shape: [3, 3], data };
const numbersOf = (t: Tensor | undefined) => Array.from((t as Tensor<"f32">).data);

const single = (op: string, node: Partial<TestNode> = {}, inputs: TestModel["inputs"] = { x: "f32[N,3]" }) =>
  onnxModel({
    inputs,
    nodes: [{ op, name: "/custom", domain, inputs: Object.keys(inputs ?? {}), outputs: ["y"], ...node }],
    outputs: ["y"],
    opsets,
  });

const softcap: FormulaOp<{ cap: number }> = {
  attributes: { cap: 50 },
  emit: (k, [value], { cap }) => k.mul(k.tanh(k.div(value, cap)), cap),
};
const targets = ["eval", ...kernelTargets().map(({ name }) => name)];

describe("registerOp with a formula", () => {
  it.each(targets)("runs on %s, in one step with its neighbours", async (target) => {
    registerOp(domain, "Softcap", softcap);
    const bytes = onnxModel({
      inputs: { x: "f32[N,3]", b: "f32[3]" },
      nodes: [
        { op: "Add", inputs: ["x", "b"], outputs: ["sum"] },
        { op: "Softcap", domain, inputs: ["sum"], outputs: ["capped"], attributes: { cap: 8 } },
        { op: "Abs", inputs: ["capped"], outputs: ["y"] },
      ],
      outputs: ["y"],
      opsets,
    });
    using model: Model = await load(bytes, { target });
    const b = [1, 0, -1];
    const { y } = await model.run({ x, b });
    const expected = Array.from(data, (value, i) => Math.abs(8 * Math.tanh((value + (b[i % 3] ?? 0)) / 8)));
    for (const [i, value] of numbersOf(y).entries()) expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 5);
    const { steps, evalSteps } = model.info;
    expect({ steps, evalSteps }).toEqual(target === "eval" ? { steps: 3, evalSteps: 3 } : { steps: 1, evalSteps: 0 });
  });

  it("takes several inputs that broadcast, truths, and half floats", async () => {
    registerOp(domain, "Gate", {
      inputs: 2,
      emit: (k, [a, b]) => k.select(k.or(k.lt(a, b), k.isNan(a)), 0, k.max(a, 1)),
    });
    const run = async (dtype: "f32" | "f16") => {
      using model = await load(single("Gate", {}, { a: `${dtype}[3]`, b: `${dtype}[2,1]` }));
      return await model.run({ a: [Number.NaN, 0.5, 3], b: [[0], [2]] });
    };
    const { y } = await run("f32");
    expect([y?.dtype, y?.shape, numbersOf(y)]).toEqual(["f32", [2, 3], [0, 1, 3, 0, 0, 3]]);
    expect((await run("f16")).y).toMatchObject({ dtype: "f16", shape: [2, 3] });
  });

  it("is evaluated in f64 where no kernel runs, unless there is an eval", async () => {
    registerOp(domain, "Erf2", { emit: (k, [value]) => k.erf(k.roundEven(value)) });
    using model = await load(single("Erf2", {}, { x: "f64[2]" }));
    const { y } = await model.run({ x: [0.5, 1.5] });
    expect(model.info.evalOps).toEqual({ "test.formula:Erf2": 1 });
    expect(Array.from((y as Tensor<"f64">).data)).toEqual([0, 0.9953222650189527]);
  });

  it("registering one again leaves loaded models theirs", async () => {
    const times = (factor: number): FormulaOp => ({ emit: (k, [value]) => k.mul(value, factor) });
    registerOp(domain, "Times", times(10));
    using before = await load(single("Times"));
    registerOp(domain, "Times", times(100));
    using after = await load(single("Times"));
    expect(numbersOf((await after.run({ x })).y)[5]).toBe(200);
    expect(numbersOf((await before.run({ x })).y)[5]).toBe(20);
  });
});

describe("errors of formulas", () => {
  const faults: [string, FormulaOp, new () => Error, RegExp][] = [
    ["nothing returned", { emit: () => undefined as never }, UsageError, /"\/custom": its emit must return the number/],
    [
      "a throw",
      {
        emit: () => {
          throw new TypeError("no such thing");
        },
      },
      UsageError,
      /"\/custom": its emit failed: no such thing/,
    ],
    [
      "an infer that says otherwise",
      { emit: (_k, [value]) => value, infer: () => ({ dtype: "f32", shape: [7] }) },
      UsageError,
      /its infer says f32\[7\], but its formula gives f32\[N,3\]\. Leave infer out, or emit\./,
    ],
    [
      "inputs of two dtypes",
      { inputs: 2, emit: (k, [a, b]) => k.add(a, b) },
      ShapeError,
      /the inputs of a formula must have one dtype, got f32\[N,3\] and f16\[3\]/,
    ],
  ];
  it.each(faults)("%s", async (_what, definition, kind, message) => {
    registerOp(domain, "Faulty", definition);
    const second: Record<string, string> = definition.inputs === 2 ? { z: "f16[3]" } : {};
    const error = await rejection(load(single("Faulty", {}, { x: "f32[N,3]", ...second })));
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toMatch(message);
  });

  it("an emit that is no function, and one without inputs", () => {
    expect(() => registerOp(domain, "Bad", { emit: 3 as never })).toThrow("registerOp: emit must be a function");
    expect(() => registerOp(domain, "Bad", { inputs: 0, emit: () => 1 })).toThrow("inputs must be 1 or more");
  });
});
