import type { Command } from "commander";
import { loadGraph } from "../api/load.ts";
import type { Graph } from "../graph/graph.ts";
import { graphToJson } from "../graph/graph-json.ts";
import { printGraph } from "../graph/print.ts";
import type { Firing } from "../graph/rewrite.ts";
import { runPipeline } from "../passes/pipeline.ts";
import { bindPlan } from "../plan/bind-plan.ts";
import { buildPlan } from "../plan/build-plan.ts";
import { inputSymbols } from "../plan/input-symbols.ts";
import type { Plan } from "../plan/plan.ts";
import { planToJson } from "../plan/plan-json.ts";
import { printPlan } from "../plan/print-plan.ts";
import { nearestName } from "../runtime/nearest-name.ts";
import { UsageError } from "../tensor/errors.ts";
import { describeFiring } from "./describe-firing.ts";
import { formatCount } from "./format.ts";
import type { Io } from "./io.ts";
import { print, printJson } from "./io.ts";
import { checkDimNames } from "./make-inputs.ts";
import type { ModelOptions } from "./model-options.ts";
import { addModelOptions, exampleHelp } from "./model-options.ts";
import { Progress } from "./progress.ts";

interface DumpOptions extends ModelOptions {
  readonly stage: string;
  readonly explain?: boolean;
}

const stages = ["import", "declutter", "fuse", "plan"] as const;
type Stage = (typeof stages)[number];
const kernelStages = ["ir", "asm"];

const optionsHelp = `
Stages: import (as the file says), declutter (simplified), fuse (large operators recognised), plan (steps and memory).
Every command takes the same options; here --dim alone counts, for the sizes in the plan.`;

/** `dump MODEL`: the graph or plan at a stage as text, and which rules made it so. */
export function addDump(program: Command, io: Io): void {
  addModelOptions(program.command("dump"))
    .description("Print a model at a stage of its way to a plan.")
    .option("--stage <stage>", `${stages.join(", ")}`, "fuse")
    .option("--explain", "print each firing of a rule too, as `rule: origin: before => after`")
    .addHelpText(
      "after",
      `${optionsHelp}\n${exampleHelp("dump model.onnx --stage declutter --explain", "dump model.onnx --stage plan --dim batch=2")}`,
    )
    .action((path: string, options: DumpOptions) => dump(path, options, io));
}

async function dump(path: string, options: DumpOptions, io: Io): Promise<void> {
  const stage = readStage(options.stage);
  const progress = new Progress(io);
  const firings: Firing[] = [];
  try {
    const { graph: imported } = await loadGraph(path, { onProgress: progress.loading });
    const graph = simplify(imported, stage, (firing) => firings.push(firing));
    progress.stop();
    const rules = firings.map(({ rule, at }) => ({ rule, at }));
    if (stage === "plan") printThePlan({ graph, rules }, options, io);
    else if (options.json) printJson(io, { stage, ...graphToJson(graph), rules });
    else print(io, printGraph(graph));
    if (options.explain && !options.json) explain(firings, io);
  } finally {
    progress.stop();
  }
}

function readStage(text: string): Stage {
  const stage = stages.find((name) => name === text);
  if (stage !== undefined) return stage;
  if (kernelStages.includes(text)) {
    throw new UsageError(`There is no stage ${text} yet: no kernels exist, so nothing is compiled. Use --stage plan.`);
  }
  const near = nearestName(text, stages);
  const hint = near === undefined ? "" : ` Did you mean ${near}?`;
  throw new UsageError(`There is no stage "${text}".${hint} The stages are ${stages.join(", ")}.`);
}

function simplify(graph: Graph, stage: Stage, onFiring: (firing: Firing) => void): Graph {
  if (stage === "import") return graph;
  return runPipeline(graph, { onFiring, ...(stage === "declutter" && { until: "declutter" }) });
}

interface Dumped {
  readonly graph: Graph;
  readonly rules: readonly { readonly rule: string; readonly at: string }[];
}

function printThePlan({ graph, rules }: Dumped, { dim = new Map(), json }: DumpOptions, io: Io): void {
  const plan = buildPlan(graph);
  checkDimNames(plan.inputs, dim);
  if (json) printJson(io, { stage: "plan", ...planToJson(plan), rules });
  else print(io, printPlan(plan, bound(plan, dim)));
}

/** The plan with its sizes, where the command line or the model says what every symbol stands for. */
function bound(plan: Plan, dims: ReadonlyMap<string, number>) {
  return inputSymbols(plan.inputs).every((symbol) => dims.has(symbol)) ? bindPlan(plan, dims) : undefined;
}

function explain(firings: readonly Firing[], io: Io): void {
  print(io, `\n${formatCount(firings.length, "firing")} of rules`);
  for (const firing of firings) print(io, describeFiring(firing));
}
