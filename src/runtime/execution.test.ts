import { describe, expect, it } from "vitest";
import type { Graph } from "../graph/graph.ts";
import type { Op } from "../graph/op.ts";
import { parseGraph } from "../graph/parse.ts";
import { ops } from "../ops/index.ts";
import { bindPlan } from "../plan/bind-plan.ts";
import { buildPlan } from "../plan/build-plan.ts";
import type { Datum } from "../tensor/datum.ts";
import { fromNumbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { ArrayViews } from "./array-views.ts";
import { Execution } from "./execution.ts";
import { Program } from "./program.ts";

const parsed = (inputs: string, ...lines: string[]): Graph =>
  parseGraph(`graph g(${inputs}) {\n${lines.join("\n")}\n}`, ops);

/** Runs a graph over an arena that holds garbage, and shows each step. */
function run(graph: Graph, inputs: readonly Datum[], onStep?: (outputs: readonly (Datum | undefined)[]) => void) {
  const bound = bindPlan(buildPlan(graph), new Map());
  const arena = new Uint8Array(bound.arenaBytes).fill(0xaa).buffer;
  const program = new Program(bound, (name) => ops[name as keyof typeof ops] as Op);
  const execution = new Execution(program, { views: new ArrayViews(arena), base: 0 }, inputs, {
    maxArenaBytes: Number.POSITIVE_INFINITY,
    poll: undefined,
    inTurns: false,
    decodeImage: undefined,
    bodies: undefined,
    onStep: onStep && ((report) => onStep(report.outputs)),
  });
  while (!execution.advance());
  return { outputs: execution.outputs(), arena };
}
const x = fromNumbers("f32", [4], [1, 2, 3, 4]);
const bufferOf = (datum: Datum | undefined) => ((datum as Tensor).data as Float32Array).buffer;

describe("Execution", () => {
  it("puts results into the arena, views over the same bytes, and outputs outside it", () => {
    const seen: (Datum | undefined)[] = [];
    const graph = parsed("x: f32[4]", "%0 = neg(x)", "%1 = reshape(%0, [2, 2])", "return y: abs(%1)");
    const { outputs, arena } = run(graph, [x], ([output]) => seen.push(output));
    const [neg, view, abs] = seen.map(bufferOf);
    expect(neg).toBe(arena);
    expect(view).toBe(arena);
    expect(abs).not.toBe(arena);
    expect(outputs).toEqual([fromNumbers("f32", [2, 2], [1, 2, 3, 4])]);
  });

  it("copies views that leave the arena: outputs, and items of sequences", () => {
    const graph = parsed(
      "x: f32[4]",
      "%0 = neg(x)",
      "%1 = reshape(%0, [2, 2])",
      "%2 = sequence(%0)",
      "%3 = neg(abs(neg(%1)))",
      "return v: %1, z: %3, s: %2",
    );
    const { outputs, arena } = run(graph, [x]);
    expect(outputs).toEqual([
      fromNumbers("f32", [2, 2], [-1, -2, -3, -4]),
      fromNumbers("f32", [2, 2], [-1, -2, -3, -4]),
      [fromNumbers("f32", [4], [-1, -2, -3, -4])],
    ]);
    expect(outputs.flat().map(bufferOf)).not.toContain(arena);
  });

  it("copies outputs that are inputs or constants", () => {
    const { outputs } = run(parsed("x: f32[4]", "return a: x, b: f32[2] 5, c: reshape(x, [2, 2])"), [x]);
    expect(outputs.map(bufferOf)).not.toContain(x.data.buffer);
    expect(outputs[2]).toEqual(fromNumbers("f32", [2, 2], [1, 2, 3, 4]));
    const [map] = run(parsed("m: map(i64, f32[4])", "return m: m"), [new Map([[1n, x]])]).outputs;
    expect(map).toEqual(new Map([[1n, x]]));
    expect(bufferOf((map as ReadonlyMap<bigint, Datum>).get(1n))).not.toBe(x.data.buffer);
  });

  it("hands undefined to operands left out, and takes the picked results of a tuple", () => {
    const graph = parsed("x: f32[4]", "%0 = topK(clip(x, _, 3), [2], {axis: 0, largest: true})", "return i: %0.1");
    expect(run(graph, [x]).outputs).toEqual([{ dtype: "i64", shape: [2], data: BigInt64Array.of(2n, 3n) }]);
  });

  it("shows the step's results while they are valid", () => {
    const seen: number[][] = [];
    const graph = parsed("x: f32[4]", "%0 = neg(x)", "%1 = neg(%0)", "%2 = neg(%1)", "return y: neg(%2)");
    run(graph, [x], ([output]) => seen.push(Array.from((output as Tensor<"f32">).data)));
    expect(seen).toEqual([
      [-1, -2, -3, -4],
      [1, 2, 3, 4],
      [-1, -2, -3, -4],
      [1, 2, 3, 4],
    ]);
  });
});
