import { expect, test } from "vitest";
import { load } from "../index.ts";
import { kernelTargets } from "./target.ts";
import { onnxModel } from "./testdata/onnx-model.ts";

const empty = onnxModel({
  inputs: { x: "f32[2,3]" },
  nodes: [{ op: "Slice", inputs: ["x"], outputs: ["y"], attributes: { starts: [5n], ends: [9n], axes: [1n] } }],
  outputs: ["y"],
  opsets: { "": 9 },
});

test.each(kernelTargets().map(({ name }) => name))("a model of results without elements runs on %s", async (target) => {
  using model = await load(empty, { target });
  const { y } = await model.run({ x: new Float32Array(6) });
  expect(y).toMatchObject({ dtype: "f32", shape: [2, 0] });
});
