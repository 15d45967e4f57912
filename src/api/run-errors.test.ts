import { describe, expect, it } from "vitest";
import type { Feed } from "../index.ts";
import { load, ShapeError } from "../index.ts";
import { rejection } from "./testdata/models.ts";
import type { TestModel, TestNode } from "./testdata/onnx-model.ts";
import { onnxModel } from "./testdata/onnx-model.ts";

const f32 = (...shape: number[]): Feed => ({
  dtype: "f32",
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
});
const i64 = (...values: number[]): Feed => values;

/** A model of one node over its inputs; behind it a Neg, so that its result is in the arena. */
const single = (op: string, inputs: TestModel["inputs"], more: Partial<TestNode> = {}): TestModel => ({
  inputs,
  nodes: [
    { op, name: `/${op.toLowerCase()}`, inputs: Object.keys(inputs), outputs: ["t"], ...more },
    { op: "Neg", name: "/neg", inputs: ["t"], outputs: ["y"] },
  ],
  outputs: ["y"],
});

/** What only shows when a model runs: each message names operator and node, the types of its operands, and what to look at. */
const cases: [what: string, model: TestModel, feeds: Record<string, Feed>, message: RegExp][] = [
  [
    "inner dims of a matrix product",
    single("MatMul", { a: "f32[N,K]", b: "f32[L,M]" }),
    { a: f32(2, 3), b: f32(4, 5) },
    /^matmul "\/matmul": the inner dims differ: a f32\[2,3\] has k=3, b f32\[4,5\] has k=4/,
  ],
  [
    "shapes that do not broadcast",
    single("Add", { a: "f32[N,4]", b: "f32[M,4]" }),
    { a: f32(2, 4), b: f32(3, 4) },
    /^add "\/add": the dim broadcast\(M,N\) of f32\[broadcast\(M,N\),4\] has no size for N=2, M=3: .* operands of the step are a f32\[2,4\], b f32\[3,4\]/,
  ],
  [
    "shapes of unknown rank that do not broadcast",
    single("Where", { c: "bool[...]", a: "f32[...]", b: "f32[...]" }),
    { c: { dtype: "bool", shape: [2], data: [true, false] }, a: f32(2, 2), b: f32(3) },
    /^where "\/where": .* condition bool\[2\], x f32\[2,2\], y f32\[3\]/,
  ],
  [
    "an index out of range",
    single("Gather", { x: "f32[5,4]", ids: "i64[N]" }),
    { x: f32(5, 4), ids: i64(1, 7) },
    /^gather "\/gather": index 7 is out of range for axis 0 of x f32\[5,4\]\. The operands of the step are x f32\[5,4\], indices i64\[2\]/,
  ],
  [
    "a shape of another number of elements",
    single("Reshape", { x: "f32[N,4]", shape: "i64[2]" }),
    { x: f32(5, 4), shape: i64(3, 7) },
    /^reshape "\/reshape": x f32\[5,4\] cannot take the shape \[3,7\]: the element counts differ/,
  ],
  [
    "dims beside the axis of a concatenation",
    single("Concat", { a: "f32[N,4]", b: "f32[M,4]" }, { attributes: { axis: 1n } }),
    { a: f32(2, 4), b: f32(3, 4) },
    /^concat "\/concat": the operands must agree except along axis 1, got f32\[2,4\], f32\[3,4\]/,
  ],
  [
    "channels of a convolution",
    single("Conv", { x: "f32[1,C,4,4]", w: "f32[2,D,3,3]" }),
    { x: f32(1, 3, 4, 4), w: f32(2, 4, 3, 3) },
    /^conv "\/conv": .*x f32\[1,3,4,4\], w f32\[2,4,3,3\]/,
  ],
  [
    "a window larger than what it slides over",
    single("MaxPool", { x: "f32[1,1,H,4]" }, { attributes: { kernel_shape: [3n, 3n] } }),
    { x: f32(1, 1, 2, 4) },
    /^maxPool "\/maxpool": .*x f32\[1,1,2,4\]/,
  ],
  [
    "a scale of a normalisation",
    single("LayerNormalization", { x: "f32[N,D]", scale: "f32[K]" }),
    { x: f32(2, 3), scale: f32(4) },
    /^layerNorm "\/layernormalization": .*x f32\[2,3\], scale f32\[4\]/,
  ],
  [
    "an axis that the rank does not have",
    single("Softmax", { x: "f32[...]" }, { attributes: { axis: 2n } }),
    { x: f32(1, 3) },
    /^softmax "\/softmax": axis 2 is out of range for rank 2.*x f32\[1,3\]/,
  ],
  [
    "repeats that are negative",
    single("Tile", { x: "f32[N]", repeats: "i64[1]" }),
    { x: f32(3), repeats: i64(-1) },
    /^tile "\/tile": .*x f32\[3\], repeats i64\[1\]/,
  ],
];

describe("what does not fit when a model runs", () => {
  it.each(cases)("%s", async (_what, model, feeds, message) => {
    const loaded = await load(onnxModel(model));
    const error = await rejection(loaded.run(feeds));
    expect(error).toBeInstanceOf(ShapeError);
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(/Check the (inputs of this run: \w+ \w+\[|shapes of the inputs)/);
    expect(error.message).not.toContain("::");
    expect(() => loaded.runSync(feeds)).toThrow(error.message);
  });

  it("is found again after a run that went well", async () => {
    const model = await load(onnxModel(single("Gather", { x: "f32[5]", ids: "i64[N]" })));
    expect((await model.run({ x: [1, 2, 3, 4, 5], ids: i64(4, -5) }))["y"]?.data).toEqual(Float32Array.of(-5, -1));
    const error = await rejection(model.run({ x: f32(5), ids: i64(4, 5) }));
    expect(error).toBeInstanceOf(ShapeError);
    expect(error.message).toMatch(
      /^gather "\/gather": index 5 is out of range .*inputs of this run: x f32\[5\], ids i64\[2\]\.$/,
    );
  });
});
