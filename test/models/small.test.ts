import { afterAll, describe, expect, it } from "vitest";
import { loadGraph } from "../../src/api/load.ts";
import { runCase } from "../../src/cli/run-case.ts";
import { runPipeline } from "../../src/passes/pipeline.ts";
import { createRandom } from "../../src/tensor/random.ts";
import { opCounts } from "../support/op-counts.ts";
import { simplify } from "../support/rule-order.ts";
import { seed } from "../support/seed.ts";
import type { FoundData } from "../support/shared-data.ts";
import { skipForLackOfData } from "../support/shared-data.ts";
import { findModels, howToGet, modelCase, onnxCounts } from "./model-data.ts";

interface Expected {
  readonly name: string;
  /** The greatest absolute difference from the recorded outputs. */
  readonly atol: number;
  /** The gelus in it, in whatever spelling. */
  readonly gelus?: number;
}

/** f32 results differ by rounding alone; the others by what their dtype or their quantisation moves when something is rounded differently. */
const [f32, f16, bf16, quantized, qdq] = [5e-5, 1e-2, 0.1, 0.1, 0.3];

const models: readonly Expected[] = [
  { name: "bert", atol: f32, gelus: 2 },
  { name: "bert-ort-fused", atol: f32, gelus: 2 },
  { name: "convnext", atol: f32, gelus: 5 },
  { name: "gemma-ts-f32", atol: f32, gelus: 2 },
  { name: "gpt2-ts", atol: f32, gelus: 2 },
  { name: "llama-dynamo-bf16", atol: bf16 },
  { name: "llama-dynamo-f32", atol: f32 },
  { name: "llama-dynamo-op23", atol: f32 },
  { name: "llama-genai-f32", atol: f32 },
  { name: "llama-genai-q4", atol: quantized },
  { name: "llama-int8", atol: quantized },
  { name: "llama-ort-fused", atol: f32 },
  { name: "llama-past-f16", atol: f16 },
  { name: "llama-past-f32", atol: f32 },
  { name: "llama-past-q4", atol: f32 },
  { name: "llama-q4", atol: f32 },
  { name: "llama-ts-f16", atol: f16 },
  { name: "llama-ts-f32", atol: f32 },
  { name: "qwen3", atol: f32 },
  { name: "resnet18", atol: f32 },
  { name: "resnet18-int8", atol: quantized },
  { name: "resnet18-qdq", atol: qdq },
  { name: "t5-encoder", atol: f32, gelus: 2 },
  { name: "vit", atol: f32, gelus: 2 },
];

const data = findModels("small");

if (data === undefined) skipForLackOfData("the small models", howToGet("small"));
else describeModels(data);

function describeModels(found: FoundData): void {
  afterAll(found.release);
  describe.each(models)("$name", (expected) => describeModel(found, expected));
}

function describeModel(where: FoundData, expected: Expected): void {
  const found = () => modelCase(where, expected.name);
  it.each([true, false])("answers as recorded, fused: %s", async (fuse) => {
    const { ok, error, skipped } = await runCase(found(), { rtol: 0, atol: expected.atol, fuse });
    expect({ ok, error, skipped }).toEqual({ ok: true });
  });
  it("has no leftover of a normalisation, softmax or gelu", async () => {
    expect(await fusedCounts(found().model)).toMatchObject(expectedCounts(where, expected));
  });
  it(`simplifies to one graph whatever the order of the rules (LANEWISE_SEED=${seed})`, async () => {
    const { graph } = await loadGraph(found().model);
    expect(simplify(graph, createRandom(seed))).toBe(simplify(graph));
  });
}

async function fusedCounts(path: string): Promise<Record<string, number>> {
  const { graph } = await loadGraph(path);
  const none = {
    rmsNorm: 0,
    layerNorm: 0,
    softmax: 0,
    attention: 0,
    rotaryEmbedding: 0,
    gelu: 0,
    erf: 0,
    pow: 0,
    sqrt: 0,
    reciprocal: 0,
    reduceMean: 0,
  };
  return { ...none, ...opCounts(runPipeline(graph)) };
}

/** What the operators of the file come to. Means that are no part of a norm are poolings. */
function expectedCounts(where: FoundData, { name, gelus = 0 }: Expected): Record<string, number> {
  const count = onnxCounts(where, name);
  const spelled = Math.min(count("Pow"), count("ReduceMean"), count("Sqrt"));
  return {
    rmsNorm:
      spelled +
      count("RMSNormalization") +
      count("SimplifiedLayerNormalization") +
      count("SkipSimplifiedLayerNormalization"),
    layerNorm: count("LayerNormalization") + count("SkipLayerNormalization") + count("EmbedLayerNormalization"),
    softmax: 0,
    attention: count("Softmax") + count("Attention") + count("GroupQueryAttention"),
    rotaryEmbedding:
      (count("Cos") > 0 ? count("Neg") : 0) + count("RotaryEmbedding") + 2 * count("GroupQueryAttention"),
    gelu: gelus,
    erf: 0,
    pow: 0,
    sqrt: 0,
    reciprocal: 0,
    reduceMean: count("ReduceMean") - spelled + count("GlobalAveragePool"),
  };
}
