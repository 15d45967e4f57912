import { describe, expect, it } from "vitest";
import { evaluate } from "../../../graph/evaluate.ts";
import type { Graph } from "../../../graph/graph.ts";
import { topological } from "../../../graph/topological.ts";
import { formatType } from "../../../graph/type.ts";
import { verifyGraph } from "../../../graph/verify.ts";
import { load } from "../../../index.ts";
import { runPipeline } from "../../../passes/pipeline.ts";
import { importModel } from "../import.ts";
import { readModel } from "../model.ts";
import type { PlainDatum } from "../testdata/expect-datum.ts";
import { expectDatum, toDatum } from "../testdata/expect-datum.ts";
import { testBytes, testJson } from "../testdata/read.ts";

// The models and what ONNX Runtime makes of them: testdata/make-control-flow.py.

interface Case {
  readonly model: string;
  readonly inputs: Record<string, PlainDatum>;
  readonly outputs: PlainDatum[];
}

const bytesOf = (model: string) => testBytes(`control-flow/${model}.onnx`);
const importGraph = (model: string): Graph => importModel(readModel(bytesOf(model))).graph;

describe.each(testJson<Case[]>("control-flow.json").map((each, i) => ({ ...each, i })))(
  "$model (case $i)",
  ({ model, inputs, outputs }) => {
    const expectOutputs = (graph: Graph) => {
      verifyGraph(graph);
      const feeds = graph.inputs.map((value) => toDatum(inputs[String(value.attributes["name"])] as PlainDatum));
      const results = evaluate(graph, feeds);
      for (const [i, { name }] of graph.outputs.entries()) expectDatum(results[i], outputs[i] as PlainDatum, name);
    };

    it("means what ONNX Runtime computes", () => expectOutputs(importGraph(model)));

    it("means the same after the passes", () => expectOutputs(runPipeline(importGraph(model))));

    it("runs as a plan", async () => {
      const loaded = await load(bytesOf(model));
      const feeds = Object.fromEntries(Object.entries(inputs).map(([name, plain]) => [name, toDatum(plain)]));
      const results = await loaded.run(feeds as never);
      for (const [i, { name }] of loaded.outputs.entries()) expectDatum(results[name], outputs[i] as PlainDatum, name);
    });
  },
);

describe("types of what bodies hand on", () => {
  const outputTypes = (model: string) => importGraph(model).outputs.map(({ value }) => formatType(value.type));

  it.each([
    ["growing", ["f32[?,N]", "f32[max(steps[0],0)]"]],
    ["deepening", ["f32[...]"]],
    ["steps", ["f32[2,3]", "f32[max(steps[0],0),3]"]],
    ["sequence", ["sequence(f32[...])", "i64[]"]],
    ["scan", ["f32[B]", "f32[B,T]", "f32[T,2]"]],
    ["scan-8", ["f32[B,2]", "f32[B,?,2]"]],
    ["branches", ["f32[?,?]", "f32[...]"]],
    ["by-shape", ["f32[2,3]"]],
  ])("%s", (model, types) => {
    expect(outputTypes(model)).toEqual(types);
  });

  it("takes the branch that the shape decides while it imports", () => {
    const names = topological(importGraph("by-shape").outputs.map(({ value }) => value)).map(({ op }) => op.name);
    expect(names).not.toContain("conditional");
  });
});
