import { expect, test } from "vitest";
import { loadParts } from "../api/load.ts";
import { matchSteps, resultsByOrigin } from "./match-steps.ts";
import { testPath } from "./testdata/run-cli.ts";

const planOf = async (fuse: boolean) => (await loadParts(testPath("model.onnx"), { fuse })).plan;

test("a plan matches itself step by step", async () => {
  const plan = await planOf(false);
  expect([...matchSteps(plan, await planOf(false))]).toEqual(plan.steps.map((_step, i) => [i, i]));
});

test("fused and unfused steps match by the node whose result they give", async () => {
  const [fused, unfused] = [await planOf(true), await planOf(false)];
  const pairs = [...matchSteps(unfused, fused)].map(([i, j]) => {
    const [a, b] = [fused.steps[i], unfused.steps[j]];
    return [a?.op, b?.op, a?.origin === b?.origin];
  });
  expect(pairs).toEqual([
    ["linear", "mul", true],
    ["softmax", "softmax", true],
    ["argMax", "argMax", true],
  ]);
  expect(fused.steps.length).toBeLessThan(unfused.steps.length);
});

test("a node with several results has no single one", () => {
  const step = (origin: string, inputs: number[], outputs: number[]) => ({
    ...{ op: "slice", origin, attributes: {}, tuple: false },
    inputs,
    outputs,
  });
  const steps = [step("/Split", [0], [1]), step("/Split", [0], [2]), step("/Gemm", [1], [3]), step("/Gemm", [3], [4])];
  const plan = { name: "p", inputs: [], outputs: [], values: [], steps };
  expect([...resultsByOrigin(plan)]).toEqual([["/Gemm", 3]]);
});
