import type { Command } from "commander";
import { loadGraph } from "../api/load.ts";
import { chooseTarget } from "../api/target.ts";
import type { Graph } from "../graph/graph.ts";
import { graphToJson } from "../graph/graph-json.ts";
import { printGraph } from "../graph/print.ts";
import type { Firing } from "../graph/rewrite.ts";
import { stages as passStages, runPipeline } from "../passes/pipeline.ts";
import { bindPlan } from "../plan/bind-plan.ts";
import type { BoundPlan } from "../plan/bound-plan.ts";
import { buildPlan } from "../plan/build-plan.ts";
import { planToJson } from "../plan/plan-json.ts";
import { printBoundPlan } from "../plan/print-bound-plan.ts";
import { bindInputs } from "../runtime/bind-inputs.ts";
import { ElementSizes } from "../runtime/element-sizes.ts";
import { nearestName } from "../runtime/nearest-name.ts";
import { UsageError } from "../tensor/errors.ts";
import { codeTarget, codeTargetNames } from "./code-targets.ts";
import { describeFiring } from "./describe-firing.ts";
import { kernelsJson, planKernels, printKernels } from "./dump-kernels.ts";
import { formatCount } from "./format.ts";
import type { Io } from "./io.ts";
import { print, printJson } from "./io.ts";
import { makeInputs } from "./make-inputs.ts";
import type { ModelOptions } from "./model-options.ts";
import { addModelOptions, exampleHelp } from "./model-options.ts";
import { Progress } from "./progress.ts";

interface DumpOptions extends ModelOptions {
  readonly stage: string;
  readonly explain?: boolean;
}

const lastGraphStage = "fuse";
/** Passes after the last one that is shown only put together what it made, so they are shown with it. */
const shownPasses = passStages
  .slice(0, passStages.findIndex(({ name }) => name === lastGraphStage) + 1)
  .map(({ name }) => name);
const graphStages: readonly string[] = ["import", ...shownPasses];
const planStages = ["plan", "ir", "asm"];
const stages = [...graphStages, ...planStages];

const optionsHelp = `
Stages: import (as the file says), integer (quantised operands taken as integers), declutter (simplified), fuse (large
operators recognised), plan (what runs each step, and where results lie), ir and asm (each kernel of the plan, in the
kernel language and as machine text). Plans are for the target and for the sizes that --dim and --input give, whether or
not the target runs here.`;

/** `dump MODEL`: the graph, the plan or its kernels as text, and which rules made it so. */
export function addDump(program: Command, io: Io): void {
  addModelOptions(program.command("dump"), ["eval", ...codeTargetNames])
    .description("Print a model at a stage of its way to a plan and its kernels.")
    .option("--stage <stage>", `${stages.join(", ")}`, lastGraphStage)
    .option("--explain", "print each firing of a rule too, as `rule: origin: before => after`")
    .addHelpText(
      "after",
      `${optionsHelp}\n${exampleHelp(
        "dump model.onnx --stage declutter --explain",
        "dump model.onnx --stage plan --dim batch=2",
        "dump model.onnx --stage asm --target arm64-neon",
      )}`,
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
    const dumped = { stage, rules: firings.map(({ rule, at }) => ({ rule, at })) };
    if (planStages.includes(stage)) await dumpPlan(graph, dumped, options, io);
    else if (options.json) printJson(io, { stage, ...graphToJson(graph), rules: dumped.rules });
    else print(io, printGraph(graph));
    if (options.explain && !options.json) explain(firings, io);
  } finally {
    progress.stop();
  }
}

function readStage(text: string): string {
  if (stages.includes(text)) return text;
  const near = nearestName(text, stages);
  const hint = near === undefined ? "" : ` Did you mean ${near}?`;
  throw new UsageError(`There is no stage "${text}".${hint} The stages are ${stages.join(", ")}.`);
}

function simplify(graph: Graph, stage: string, onFiring: (firing: Firing) => void): Graph {
  if (stage === "import") return graph;
  const isInner = shownPasses.includes(stage) && stage !== lastGraphStage;
  return runPipeline(graph, { onFiring, ...(isInner && { until: stage }) });
}

interface Dumped {
  readonly stage: string;
  readonly rules: readonly { readonly rule: string; readonly at: string }[];
}

async function dumpPlan(graph: Graph, { stage, rules }: Dumped, options: DumpOptions, io: Io): Promise<void> {
  const { name, bound } = await bindGraph(graph, options);
  if (stage === "plan") {
    if (options.json) printJson(io, { stage, ...planToJson(bound), rules });
    else print(io, printBoundPlan(bound, { target: name }));
    return;
  }
  const kernels = planKernels(bound, codeTarget(name), stage === "ir" ? "ir" : "machine");
  if (!options.json) print(io, printKernels(kernels));
  else printJson(io, { stage, ...planToJson(bound), nodes: kernelsJson(kernels), rules });
}

/** The plan for a target and the sizes of the inputs that the command line describes. */
async function bindGraph(graph: Graph, options: DumpOptions): Promise<{ name: string; bound: BoundPlan }> {
  const { target = "auto" } = options;
  const name = target === "auto" ? chooseTarget({}).target : target;
  const plan = buildPlan(graph);
  const { bindings } = bindInputs(plan.inputs, await makeInputs(plan.inputs, options), ElementSizes.of(plan));
  const bound = bindPlan(plan, bindings, { target: name === "eval" ? undefined : codeTarget(name).target });
  return { name, bound };
}

function explain(firings: readonly Firing[], io: Io): void {
  print(io, `\n${formatCount(firings.length, "firing")} of rules`);
  for (const firing of firings) print(io, describeFiring(firing));
}
