import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { load, loadGraph } from "../../src/api/load.ts";
import { runCase } from "../../src/cli/run-case.ts";
import { runPipeline } from "../../src/passes/pipeline.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { opCounts } from "../support/op-counts.ts";
import type { FoundData } from "../support/shared-data.ts";
import { skipForLackOfData } from "../support/shared-data.ts";
import { findModels, howToGet, modelCase } from "./model-data.ts";

const data = findModels("minilm");
if (data === undefined) skipForLackOfData("MiniLM", howToGet("minilm"));
else describeModels(data);

function describeModels(where: FoundData): void {
  afterAll(where.release);
  const found = (name: string) => modelCase(where, name);

  describe("MiniLM in f32", () => {
    it.each([true, false])("answers as recorded, fused: %s", async (fuse) => {
      const { ok, error, skipped } = await runCase(found("minilm-f32"), { rtol: 0, atol: 3e-4, fuse });
      expect({ ok, error, skipped }).toEqual({ ok: true });
    });
    it("has no leftover of layer-norm, gelu or softmax", async () => {
      const { graph } = await loadGraph(found("minilm-f32").model);
      const counts = opCounts(runPipeline(graph));
      const { attention, layerNorm, gelu } = counts;
      expect({ attention, layerNorm, gelu }).toEqual({ attention: 6, layerNorm: 13, gelu: 6 });
      const leftovers = [
        "softmax",
        "erf",
        "tanh",
        "exp",
        "pow",
        "sqrt",
        "reciprocal",
        "div",
        "reduceMean",
        "reduceSum",
        "reduceMax",
      ];
      expect(leftovers.filter((name) => counts[name] !== undefined)).toEqual([]);
    });
  });

  describe("MiniLM in int8", () => {
    it("embeds sentences as recorded", async () => {
      using model = await load(found("minilm-int8").model);
      const { sets } = JSON.parse(readFileSync(join(where.folder, "minilm-int8/sentences.json"), "utf8")) as Sentences;
      for (const { input_ids: ids, embedding } of sets) {
        const embedded = await embed(model, ids);
        embedded.forEach((vector, i) => {
          expect(cosine(vector, embedding[i] as number[])).toBeGreaterThan(0.999);
        });
      }
    });
  });
}

interface Sentences {
  readonly sets: readonly { readonly input_ids: readonly number[][]; readonly embedding: readonly number[][] }[];
}

/** The mean of the last hidden states over each sentence's tokens. Id 0 is padding. */
async function embed(
  model: Awaited<ReturnType<typeof load>>,
  ids: readonly (readonly number[])[],
): Promise<number[][]> {
  const length = Math.max(...ids.map((sentence) => sentence.length));
  const padded = ids.flatMap((sentence) => Array.from({ length }, (_unused, i) => sentence[i] ?? 0));
  const shape = [ids.length, length];
  const i64 = (values: readonly number[]) =>
    ({ dtype: "i64", shape, data: BigInt64Array.from(values, BigInt) }) as const;
  const { last_hidden_state: states } = await model.run({
    input_ids: i64(padded),
    attention_mask: i64(padded.map((id) => (id === 0 ? 0 : 1))),
    token_type_ids: i64(padded.map(() => 0)),
  });
  const { data: values, shape: outputShape } = states as Tensor<"f32">;
  const width = outputShape[2] as number;
  return ids.map((_sentence, row) => {
    const sum = new Array<number>(width).fill(0);
    for (let i = 0; i < length; i++) {
      if (padded[row * length + i] === 0) continue;
      for (let j = 0; j < width; j++) sum[j]! += values[(row * length + i) * width + j]!;
    }
    return sum;
  });
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, value, i) => sum + value * (y[i] as number), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
