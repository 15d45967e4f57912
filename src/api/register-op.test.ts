import { describe, expect, it } from "vitest";
import type { CustomOp, Tensor, TensorFacts } from "../index.ts";
import {
  addDims,
  FormatError,
  LimitError,
  load,
  mulDims,
  registerOp,
  ShapeError,
  UnsupportedError,
  UsageError,
  unknownDim,
} from "../index.ts";
import { rejection } from "./testdata/models.ts";
import type { TestModel, TestNode } from "./testdata/onnx-model.ts";
import { onnxModel } from "./testdata/onnx-model.ts";

const domain = "test.lanewise";
const opsets = { "": 21, [domain]: 1 };
const x = { dtype: "f32", shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) } as const;
const floats = (tensor: Tensor | undefined) => (tensor as Tensor<"f32">).data;
const valuesOf = (tensor: Tensor | undefined) => Array.from(floats(tensor));

/** A model of one node of the test domain over x: f32[N,3]. */
const single = (op: string, more: Partial<TestNode> = {}): Uint8Array =>
  onnxModel({
    inputs: { x: "f32[N,3]" },
    nodes: [{ op, name: "/custom", domain, inputs: ["x"], outputs: ["y"], ...more }],
    outputs: ["y"],
    opsets,
  });
const same = ([facts]: readonly TensorFacts[]): TensorFacts => facts as TensorFacts;
const mapped = ([t]: readonly Tensor[], fn: (value: number) => number): Tensor => ({
  ...(t as Tensor),
  data: floats(t).map(fn),
});

describe("registerOp", () => {
  it("runs an operator with attributes among built-in ones, over symbolic shapes", async () => {
    registerOp(domain, "Affine", {
      attributes: { scale: 1, shift: 0 },
      infer: same,
      eval: (inputs, { scale, shift }) => mapped(inputs, (value) => value * scale + shift),
    });
    const model = await load(
      onnxModel({
        inputs: { x: "f32[N,3]" },
        nodes: [
          { op: "Neg", inputs: ["x"], outputs: ["a"] },
          { op: "Affine", domain, inputs: ["a"], outputs: ["b"], attributes: { scale: 0.5, shift: 3n } },
          { op: "Affine", domain, inputs: ["b"], outputs: ["c"], attributes: { scale: 2 } },
          { op: "Relu", inputs: ["c"], outputs: ["y"] },
        ],
        outputs: ["y", "b"],
        opsets,
      }),
    );
    expect(model.outputs.map(({ shape }) => shape)).toEqual([
      ["N", 3],
      ["N", 3],
    ]);
    expect(model.info.evalOps).toMatchObject({ "test.lanewise:Affine": 2 });
    const { y, b } = await model.run({ x });
    expect(valuesOf(b)).toEqual([2.5, 2, 1.5, 1, 0.5, 0]);
    expect(valuesOf(y)).toEqual([5, 4, 3, 2, 1, 0]);
  });

  it("gives every kind of attribute, or its default", async () => {
    const seen: unknown[] = [];
    registerOp(domain, "Attributes", {
      attributes: {
        mode: "a",
        axis: -1,
        alpha: 0.5,
        pads: [0],
        weights: [0.25],
        words: ["none"],
        empty: [] as string[],
      },
      infer: same,
      eval([input], attributes) {
        seen.push(attributes);
        return input as Tensor;
      },
    });
    const attributes = {
      mode: "b",
      axis: 2n,
      alpha: 1.5,
      pads: [1n, 2n],
      weights: [0.5],
      words: ["x", "y"],
      empty: ["z"],
    };
    await (await load(single("Attributes", { attributes }))).run({ x });
    await (await load(single("Attributes"))).run({ x });
    expect(seen).toEqual([
      { mode: "b", axis: 2, alpha: 1.5, pads: [1, 2], weights: [0.5], words: ["x", "y"], empty: ["z"] },
      { mode: "a", axis: -1, alpha: 0.5, pads: [0], weights: [0.25], words: ["none"], empty: [] },
    ]);
  });

  it("computes with symbolic dims, and takes several inputs", async () => {
    registerOp(domain, "Join", {
      inputs: 2,
      infer: ([a, b]) => {
        const [[n = unknownDim], [m = unknownDim]] = [a?.shape ?? [], b?.shape ?? []];
        return { dtype: "f32", shape: [mulDims(addDims(n, m), 2)] };
      },
      eval([a, b]) {
        const once = [...floats(a), ...floats(b)];
        return { dtype: "f32", shape: [2 * once.length], data: Float32Array.of(...once, ...once) };
      },
    });
    const model = await load(
      onnxModel({
        inputs: { a: "f32[N]", b: "f32[M]" },
        nodes: [
          { op: "Join", domain, inputs: ["a", "b"], outputs: ["ab"] },
          { op: "Neg", inputs: ["ab"], outputs: ["y"] },
        ],
        outputs: ["y"],
        opsets,
      }),
    );
    expect(model.outputs[0]?.shape).toEqual(["2*M+2*N"]);
    expect(valuesOf((await model.run({ a: [1, 2], b: [3] }))["y"])).toEqual([-1, -2, -3, -1, -2, -3]);
  });

  it("may give a shape that follows from the data", async () => {
    registerOp(domain, "Positive", {
      infer: () => ({ dtype: "f32", shape: [unknownDim] }),
      eval([t]) {
        const kept = floats(t).filter((value) => value > 2);
        return { dtype: "f32", shape: [kept.length], data: kept };
      },
    });
    const model = await load(single("Positive"));
    expect(model.outputs[0]?.shape).toEqual(["?"]);
    expect((await model.run({ x }))["y"]).toEqual({ dtype: "f32", shape: [4], data: Float32Array.of(3, 4, 5, 6) });
  });

  it("is folded where its inputs are constants", async () => {
    registerOp(domain, "Twice", { infer: same, eval: (inputs) => mapped(inputs, (value) => 2 * value) });
    const constant: TestModel = {
      inputs: { x: "f32[3]" },
      initializers: { w: { type: "f32[3]", float_data: [1, 2, 3] } },
      nodes: [
        { op: "Twice", domain, inputs: ["w"], outputs: ["w2"] },
        { op: "Add", inputs: ["x", "w2"], outputs: ["y"] },
      ],
      outputs: ["y"],
      opsets,
    };
    const model = await load(onnxModel(constant), { target: "eval" });
    expect(model.info.evalOps).toEqual({ add: 1 });
    expect(valuesOf((await model.run({ x: [1, 1, 1] }))["y"])).toEqual([3, 5, 7]);
  });
});

describe("names", () => {
  const times = (factor: number): CustomOp => ({
    infer: same,
    eval: (inputs) => mapped(inputs, (value) => factor * value),
  });

  it("registering one again changes the models loaded later, not those loaded before", async () => {
    registerOp(domain, "Times", times(10));
    const before = await load(single("Times"));
    registerOp(domain, "Times", times(100));
    const after = await load(single("Times"));
    expect(valuesOf((await before.run({ x }))["y"])[1]).toBe(20);
    expect(valuesOf((await after.run({ x }))["y"])[1]).toBe(200);
  });

  it("those of the engine's own operators are free", async () => {
    registerOp(domain, "relu", times(3));
    registerOp("", "relu", times(4));
    expect(valuesOf((await (await load(single("relu"))).run({ x }))["y"])[0]).toBe(3);
    expect(valuesOf((await (await load(single("relu", { domain: "" }))).run({ x }))["y"])[0]).toBe(4);
  });

  it("one of ONNX takes the place of the built-in operator; ai.onnx is the default domain", async () => {
    const erf = single("Erf", { domain: "" });
    const builtIn = await load(erf);
    registerOp("ai.onnx", "Erf", times(5));
    expect(valuesOf((await (await load(erf)).run({ x }))["y"])[0]).toBe(5);
    registerOp("", "Erf", times(6));
    expect(valuesOf((await (await load(erf)).run({ x }))["y"])[0]).toBe(6);
    expect(valuesOf((await builtIn.run({ x }))["y"])[0]).toBeCloseTo(0.8427007929, 6);
  });

  it("an operator of another domain is another one", async () => {
    registerOp("other.domain", "Here", times(2));
    const error = await rejection(load(single("Here")));
    expect(error).toBeInstanceOf(UnsupportedError);
    expect(error.message).toContain("test.lanewise.Here (1 node)");
  });
});

describe("errors", () => {
  const failing = new TypeError("no such thing");
  const throwing = () => {
    throw failing;
  };
  const passing = ([t]: readonly Tensor[]) => t as Tensor;

  const atLoad: [string, CustomOp, new () => Error, RegExp][] = [
    [
      "an infer that throws",
      { infer: throwing, eval: passing },
      UsageError,
      /Custom "\/custom": its infer failed: no such thing/,
    ],
    [
      "an infer that gives nothing",
      { infer: (() => undefined) as never, eval: passing },
      UsageError,
      /its infer must return \{ dtype, shape \}, .*; got undefined/,
    ],
    [
      "an infer of no dtype",
      { infer: () => ({ dtype: "float" as never, shape: [] }), eval: passing },
      UsageError,
      /got \{ dtype: the string "float", shape: Array of length 0 \}\. The dtypes are f32,/,
    ],
    [
      "an infer that minds the shape",
      {
        infer() {
          throw new ShapeError("x must be a vector.");
        },
        eval: passing,
      },
      ShapeError,
      /"\/custom": x must be a vector\./,
    ],
    [
      "too few inputs",
      { inputs: 2, infer: same, eval: passing },
      ShapeError,
      /"\/custom": its operand input 1 is missing/,
    ],
    [
      "too many inputs",
      { inputs: 0, infer: () => ({ dtype: "f32", shape: [] }), eval: passing },
      FormatError,
      /"\/custom": the node has 1 inputs, but the operator was registered with 0/,
    ],
  ];
  it.each(atLoad)("%s fails when the model is loaded", async (_name, definition, kind, message) => {
    registerOp(domain, "Faulty", definition);
    const error = await rejection(load(single("Faulty")));
    expect(error).toBeInstanceOf(kind);
    expect(error.message.replace('Faulty "', 'Custom "')).toMatch(message);
    if (kind === UsageError && error.cause !== undefined) expect(error.cause).toBe(failing);
  });

  const result = (tensor: unknown): CustomOp => ({ infer: same, eval: () => tensor as Tensor });
  const atRun: [string, CustomOp, new () => Error, RegExp][] = [
    [
      "an eval that throws",
      { infer: same, eval: throwing },
      UsageError,
      /^test\.lanewise:Faulty "\/custom": its eval failed: no such thing/,
    ],
    [
      "an eval that minds a limit",
      {
        infer: same,
        eval() {
          throw new LimitError("too much.");
        },
      },
      LimitError,
      /"\/custom": too much\./,
    ],
    [
      "a result of another dtype",
      result({ dtype: "i32", shape: [2, 3], data: new Int32Array(6) }),
      UsageError,
      /its infer says f32\[2,3\], but its eval gave i32\[2,3\]/,
    ],
    [
      "a result of another shape",
      result({ dtype: "f32", shape: [3, 2], data: new Float32Array(6) }),
      UsageError,
      /its infer says f32\[2,3\], but its eval gave f32\[3,2\]/,
    ],
    [
      "a result of another length",
      result({ dtype: "f32", shape: [2, 3], data: new Float32Array(5) }),
      UsageError,
      /data of length 5; that shape needs 6/,
    ],
    ["a result that is no tensor", result(new Float32Array(6)), UsageError, /its eval gave Float32Array of length 6/],
    ["no result", result(undefined), UsageError, /its eval gave undefined/],
  ];
  it.each(atRun)("%s fails the run, and names the node", async (_name, definition, kind, message) => {
    registerOp(domain, "Faulty", definition);
    const model = await load(single("Faulty"));
    const error = await rejection(model.run({ x }));
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toMatch(message);
    expect(error.message).toContain('"/custom"');
  });

  it("an attribute that the operator does not have", async () => {
    registerOp(domain, "Plain", { attributes: { alpha: 1 }, infer: same, eval: passing });
    const error = await rejection(load(single("Plain", { attributes: { beta: 1 } })));
    expect(error).toBeInstanceOf(FormatError);
    expect(error.message).toMatch(/Plain of opset 1 has no attribute "beta"; it has: alpha/);
    const wrongKind = await rejection(load(single("Plain", { attributes: { alpha: "x" } })));
    expect(wrongKind).toBeInstanceOf(FormatError);
  });

  const definitions: [string, [unknown, unknown, unknown], RegExp][] = [
    [
      "no name",
      [domain, "", { infer: same, eval: passing }],
      /the name must be the operator's name in ONNX files, got the string ""/,
    ],
    ["a domain that is none", [undefined, "A", { infer: same, eval: passing }], /the domain must be a string/],
    [
      "no definition",
      [domain, "A", undefined],
      /the definition must be an object \{ infer, eval \} or \{ emit \}, got undefined/,
    ],
    ["no infer", [domain, "A", { eval: passing }], /infer must be a function, got undefined/],
    ["no eval", [domain, "A", { infer: same }], /eval must be a function, got undefined/],
    [
      "a count of inputs that is none",
      [domain, "A", { infer: same, eval: passing, inputs: 1.5 }],
      /inputs must be a whole number of 0 or more, got the number 1.5/,
    ],
  ];
  it.each(definitions)("%s", (_name, given, message) => {
    const call = () => registerOp(...(given as [string, string, CustomOp]));
    expect(call).toThrow(UsageError);
    expect(call).toThrow(message);
  });
});
