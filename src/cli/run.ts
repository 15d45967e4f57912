import type { Command } from "commander";
import type { ModelInfo } from "../runtime/model.ts";
import { formatMs, formatNumber } from "./format.ts";
import type { Io } from "./io.ts";
import { print, printJson } from "./io.ts";
import { makeInputs } from "./make-inputs.ts";
import type { ModelOptions } from "./model-options.ts";
import { addModelOptions, modelHelp } from "./model-options.ts";
import { openModel } from "./open-model.ts";
import { Progress } from "./progress.ts";
import { saveOutputs } from "./save-outputs.ts";
import type { TensorSummary } from "./summarize.ts";
import { summarize, tensorsIn } from "./summarize.ts";

interface RunOptions extends ModelOptions {
  readonly output?: string;
}

/** `run MODEL`: runs a model once and says what came out. */
export function addRun(program: Command, io: Io): void {
  addModelOptions(program.command("run"))
    .description("Run a model once and print its outputs.")
    .option("--output <dir>", "save every output there as .npy, and all of them as outputs.npz")
    .addHelpText("after", modelHelp("run model.onnx --dim batch=2", "run model.onnx --input x=2,4 --output results"))
    .action((path: string, options: RunOptions) => run(path, options, io));
}

async function run(path: string, options: RunOptions, io: Io): Promise<void> {
  const progress = new Progress(io);
  try {
    const { model, plan } = await openModel(path, options, io, progress);
    const feeds = await makeInputs(plan.inputs, options);
    const start = performance.now();
    const onStep = ({ index }: { readonly index: number }) => progress.update("running", index + 1, plan.steps.length);
    const results = await model.run(feeds, { onStep });
    const ms = performance.now() - start;
    progress.stop();
    const outputs = model.outputs.flatMap(({ name, kind }) => summarize(name, kind, results[name] ?? null));
    const tensors = model.outputs.flatMap(({ name }) => tensorsIn(name, results[name] ?? null));
    const files = options.output === undefined ? [] : await saveOutputs(options.output, new Map(tensors));
    const { target, threads } = model.info;
    if (options.json) printJson(io, { model: path, target, threads, ms, outputs });
    else await printRun({ path, info: model.info, ms, outputs, files }, io);
  } finally {
    progress.stop();
  }
}

const shownValues = 5;

interface RunReport {
  readonly path: string;
  readonly info: ModelInfo;
  readonly ms: number;
  readonly outputs: readonly TensorSummary[];
  readonly files: readonly string[];
}

async function printRun({ path, info, ms, outputs, files }: RunReport, io: Io): Promise<void> {
  const { formatTable } = await import("./table.ts");
  print(io, `${path}: ${formatMs(ms)} on ${info.target}, ${info.threads} thread${info.threads === 1 ? "" : "s"}\n`);
  const columns = [
    { head: "output" },
    { head: "type" },
    { head: "min", align: "right" },
    { head: "mean", align: "right" },
    { head: "max", align: "right" },
    { head: "first values" },
  ] as const;
  const rows = outputs.map(({ name, dtype, shape, first, min, max, mean }) => [
    name,
    `${dtype}[${shape.join(",")}]`,
    ...[min, mean, max].map((value) => (typeof value === "number" ? formatNumber(value) : (value ?? ""))),
    first
      .slice(0, shownValues)
      .map((value) => (typeof value === "number" ? formatNumber(value) : String(value)))
      .join(" "),
  ]);
  print(io, formatTable(columns, rows));
  if (files.length > 0) print(io, `\nsaved ${files.join(", ")}`);
}
