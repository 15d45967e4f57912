import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { loadGraph } from "../../src/api/load.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { parseGraph } from "../../src/graph/parse.ts";
import { printGraph } from "../../src/graph/print.ts";
import { verifyGraph } from "../../src/graph/verify.ts";
import { ops } from "../../src/ops/index.ts";
import { runPipeline, stages } from "../../src/passes/pipeline.ts";
import { buildPlan } from "../../src/plan/build-plan.ts";
import { printPlan } from "../../src/plan/print-plan.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";

const updating = process.env["UPDATE_GOLDEN"] === "1";
const recorded = ["control", "conv-net", "moves", "transformer"];
const others = ["generators", "numbers", "pictures", "quantized", "recurrent", "sequences"];
const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** The graph as it is imported and after each stage. */
async function graphsOf(model: string): Promise<readonly (readonly [stage: string, graph: Graph])[]> {
  const { graph } = await loadGraph(pathOf(`../testdata/${model}.onnx`));
  return [["import", graph], ...stages.map(({ name }) => [name, runPipeline(graph, { until: name })] as const)];
}

const section = (name: string, text: string): string => `== ${name} ==\n${text}\n`;

describe.each(recorded)("%s", (model) => {
  const golden = pathOf(`${model}.txt`);

  it("prints as recorded at each stage (UPDATE_GOLDEN=1 rewrites the record)", async () => {
    const graphs = await graphsOf(model);
    const [, last] = graphs.at(-1) as readonly [string, Graph];
    const texts = graphs.map(([stage, graph]) => [stage, printGraph(graph)] as const);
    // Models without quantised operands have nothing for this stage.
    const changed = texts.filter(([stage, text], i) => stage !== "integer" || text !== texts[i - 1]?.[1]);
    const sections = changed.map(([stage, text]) => section(stage, text));
    const text = [...sections, section("plan", printPlan(buildPlan(last)))].join("\n");
    if (updating) writeFileSync(golden, text);
    expect(text).toBe(readFileSync(golden, "utf8"));
  });
});

describe.each([...recorded, ...others])("%s", (model) => {
  it("is the same after printing and parsing, at each stage", async () => {
    for (const [, graph] of await graphsOf(model)) {
      verifyGraph(graph);
      const constants: Tensor[] = [];
      const text = printGraph(graph, { constants, origins: false });
      expect(printGraph(parseGraph(text, ops, { constants }), { constants: [...constants], origins: false })).toBe(
        text,
      );
    }
  });
});
