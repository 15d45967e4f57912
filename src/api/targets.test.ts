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

const open = onnxModel({
  inputs: { x: "f32[batch,3]" },
  nodes: [{ op: "Neg", inputs: ["x"], outputs: ["y"] }],
  outputs: ["y"],
});

test.each(kernelTargets().map(({ name }) => name))("%s is made ready for shapes that load is told", async (target) => {
  using model = await load(open, { target, shapes: { x: [2, 3] } });
  expect(model.info.arenaBytes).toBeGreaterThan(0);
  expect(await model.run({ x: Float32Array.of(1, 2, 3, 4, 5, 6) })).toMatchObject({ y: { shape: [2, 3] } });
  const { y } = await model.run({ x: Float32Array.of(1, 2, 3) });
  expect(y).toMatchObject({ shape: [1, 3], data: Float32Array.of(-1, -2, -3) });
  using other = await load(open, { target });
  expect(other.info.arenaBytes).toBe(0);
});

test("shapes that do not fit are refused when the model is loaded", async () => {
  await expect(load(open, { shapes: { x: [2, 4] } })).rejects.toThrow("dim 1 must be 3, got 4");
  await expect(load(open, { shapes: { x: [-2, 3] } })).rejects.toThrow('"shapes" must be an object such as');
});
