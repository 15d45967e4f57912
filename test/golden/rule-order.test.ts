import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { loadGraph } from "../../src/api/load.ts";
import { createRandom } from "../../src/tensor/random.ts";
import { simplify } from "../support/rule-order.ts";
import { seed } from "../support/seed.ts";

const models = ["control", "conv-net", "moves", "numbers", "quantized", "sequences", "transformer"];
const rounds = 5;

it.each(models)(`%s simplifies to one graph whatever the order of the rules (LANEWISE_SEED=${seed})`, async (model) => {
  const random = createRandom(seed);
  const { graph } = await loadGraph(fileURLToPath(new URL(`../testdata/${model}.onnx`, import.meta.url)));
  const usual = simplify(graph);
  for (let round = 0; round < rounds; round++) expect(simplify(graph, random)).toBe(usual);
});
