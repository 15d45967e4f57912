import { expect, test } from "vitest";
import { loadParts } from "../api/load.ts";
import { tensorType } from "../graph/type.ts";
import type { Plan } from "../plan/plan.ts";
import { Model } from "../runtime/model.ts";
import type { StepReport } from "../runtime/step-report.ts";
import { zeros } from "../tensor/tensor.ts";
import type { StepWork } from "./step-work.ts";
import { WorkCounter } from "./step-work.ts";
import { testPath } from "./testdata/run-cli.ts";

test("bytes and operations of a model's steps that are evaluated", async () => {
  const parts = await loadParts(testPath("model.onnx"), { fuse: false, target: "eval" });
  const feeds = { x: zeros("f32", [2, 4]) };
  const counter = new WorkCounter(parts.plan, feeds);
  const work: StepWork[] = [];
  await new Model(parts).run(feeds, { onStep: (report) => work.push(counter.step(report)) });
  expect(work.slice(0, 2)).toEqual([
    { bytes: 4 * (2 * 4 + 4 * 3 + 2 * 3), flops: 2 * 2 * 3 * 4, type: "f32[2,3]" },
    { bytes: 4 * (2 * 3 + 3 + 2 * 3), flops: undefined, type: "f32[2,3]" },
  ]);
  expect(work.at(-1)).toEqual({ bytes: 4 * 2 * 3 + 8 * 2, flops: undefined, type: "i64[2]" });
});

test("what kernels say of their work", async () => {
  const parts = await loadParts(testPath("model.onnx"), { target: "wasm-simd128" });
  const feeds = { x: zeros("f32", [2, 4]) };
  const counter = new WorkCounter(parts.plan, feeds);
  const seen: [StepReport, StepWork][] = [];
  await new Model(parts).run(feeds, { onStep: (report) => seen.push([report, counter.step(report)]) });
  const [first] = seen;
  expect(first?.[0]).toMatchObject({ kernel: "matmul", op: "linear", reasons: [] });
  expect(first?.[1]).toEqual({ bytes: first?.[0].bytes, flops: 2 * 2 * 3 * 4, type: "f32[2,3]" });
});

/** A plan of one step over inputs of these shapes. */
function planOf(op: string, ...shapes: number[][]): Plan {
  const type = tensorType("f32", undefined);
  const values = [...shapes, []].map(() => ({ type, storage: { kind: "input" as const }, from: 0, to: 0 }));
  const inputs = shapes.map((_shape, i) => ({ name: `i${i}`, type, value: i }));
  const step = { op, origin: "", attributes: {}, tuple: false };
  const steps = [{ ...step, inputs: shapes.map((_shape, i) => i), outputs: [shapes.length] }];
  return { name: "p", inputs, outputs: [], values, steps };
}

test.each([
  // x [n, c, h, w], w [outputs, c / group, kh, kw]: each output element takes c / group · kh · kw products.
  [
    "conv",
    [
      [1, 8, 6, 6],
      [16, 4, 3, 3],
    ],
    [1, 16, 4, 4],
    2 * 16 * 4 * 4 * (4 * 3 * 3),
  ],
  // w [c, outputs / group, kh, kw]: each input element goes into outputs / group · kh · kw sums.
  [
    "convTranspose",
    [
      [1, 8, 4, 4],
      [8, 5, 2, 2],
    ],
    [1, 5, 8, 8],
    2 * (8 * 4 * 4) * (5 * 2 * 2),
  ],
  [
    "matmul",
    [
      [2, 3, 4],
      [4, 5],
    ],
    [2, 3, 5],
    2 * 2 * 3 * 5 * 4,
  ],
] as const)("operations of %s", (op, shapes, out, flops) => {
  const plan = planOf(op, ...shapes.map((shape) => [...shape]));
  const feeds = Object.fromEntries(shapes.map((shape, i) => [`i${i}`, zeros("f32", [...shape])]));
  const report: StepReport = {
    index: 0,
    kernel: "eval",
    op,
    origin: "",
    ms: 1,
    outputs: [zeros("f32", [...out])],
    reasons: [],
    flops: undefined,
    bytes: undefined,
  };
  expect(new WorkCounter(plan, feeds).step(report).flops).toBe(flops);
});
