import type { Command } from "commander";
import { targetNames } from "../api/target.ts";
import { UsageError } from "../tensor/errors.ts";
import { comparePlans } from "./compare-plans.ts";
import { compareWithFile } from "./compare-with-file.ts";
import type { FoundDifference } from "./first-difference.ts";
import { formatNumber, jsonNumber } from "./format.ts";
import type { Io } from "./io.ts";
import { print, printJson } from "./io.ts";
import { makeInputs } from "./make-inputs.ts";
import type { ModelOptions } from "./model-options.ts";
import { addModelOptions, modelHelp, tolerance } from "./model-options.ts";
import type { OpenModel } from "./open-model.ts";
import { openModel } from "./open-model.ts";
import { Progress } from "./progress.ts";

interface CompareOptions extends ModelOptions {
  readonly targets?: string;
  readonly against?: string;
  readonly fuse: boolean;
  readonly rtol?: number;
  readonly atol?: number;
}

/** What a comparison found. `a` is what is looked at, `b` what it is measured by. */
export interface Comparison {
  readonly a: string;
  readonly b: string;
  readonly ok: boolean;
  /** How many values were compared. */
  readonly values: number;
  readonly firstDifference?: FoundDifference;
}

const help = `
Without --targets or --against, the model as it runs is compared with its unfused graph on eval, the meaning of each
operator. Values of fused and unfused graphs are matched by the ONNX node that they are the result of; outputs always
are. Values inside fused steps do not exist: with --no-fuse both ways run one kernel a node, so that every node is
compared. Arrays of --against are outputs by name, or results by the name of their ONNX node. Values may differ by
atol·max(1, largest of the tensor) + rtol·|expected|.`;

/** `compare MODEL`: runs a model in two ways, and names the first node whose values differ. */
export function addCompare(program: Command, io: Io): void {
  addModelOptions(program.command("compare"))
    .description("Compare two ways to run a model, value by value.")
    .option("--targets <a,b>", "the targets to compare")
    .option("--against <file>", "an .npz file of expected values")
    .option("--no-fuse", "run the unfused graph both times, one kernel a node")
    .option("--rtol <x>", "tolerance relative to the second value; 1e-3, or 4 units of f16 or bf16", tolerance)
    .option("--atol <x>", "absolute tolerance; 1e-5, or 1 unit of f16 or bf16", tolerance)
    .addHelpText(
      "after",
      `${help}\n${modelHelp("compare model.onnx --no-fuse", "compare model.onnx --targets eval,eval --dim batch=2")}`,
    )
    .action((path: string, options: CompareOptions) => compare(path, options, io));
}

async function compare(path: string, options: CompareOptions, io: Io): Promise<void> {
  const progress = new Progress(io);
  try {
    const result =
      options.against === undefined
        ? await compareTargets(path, options, io, progress)
        : await compareFile(path, options.against, options, io, progress);
    progress.stop();
    if (options.json) printJson(io, toJson(result));
    else printComparison(result, io);
    if (!result.ok) io.exitCode = 1;
  } finally {
    progress.stop();
  }
}

async function compareTargets(path: string, options: CompareOptions, io: Io, progress: Progress): Promise<Comparison> {
  const [first, second] = readTargets(options);
  const isReference = options.targets === undefined;
  const a = await openModel(path, { ...options, target: first }, io, progress);
  const b = await openModel(
    path,
    { ...options, target: second, fuse: options.fuse && !isReference, json: true },
    io,
    progress,
  );
  const feeds = await makeInputs(a.plan.inputs, options);
  const onValue = (done: number, total: number) => progress.update("comparing", done, total);
  const found = await comparePlans(a, b, { feeds, tolerance: options, onValue });
  return { a: nameOf(a, options.fuse), b: nameOf(b, options.fuse && !isReference), ...found };
}

/** What a way to run a model is called. */
const nameOf = ({ model }: OpenModel, isFused: boolean): string =>
  `${model.info.target}${isFused ? "" : ", not fused"}`;

async function compareFile(
  path: string,
  file: string,
  options: CompareOptions,
  io: Io,
  progress: Progress,
): Promise<Comparison> {
  if (options.targets !== undefined)
    throw new UsageError("--targets and --against cannot go together: compare with one or the other.");
  const opened = await openModel(path, options, io, progress);
  const feeds = await makeInputs(opened.plan.inputs, options);
  const found = await compareWithFile(opened, file, { feeds, tolerance: options });
  return { a: nameOf(opened, options.fuse), b: file, ...found };
}

function readTargets({ target, targets: text }: CompareOptions): [string | undefined, string] {
  if (text === undefined) return [target, "eval"];
  const names = text.split(",");
  const known = targetNames;
  const strange = names.find((name) => !known.includes(name));
  if (strange === undefined && names.length === 2) return names as [string, string];
  const problem = strange === undefined ? `${names.length} targets, expected two` : `there is no target "${strange}"`;
  throw new UsageError(`--targets ${text}: ${problem}. Write A,B; the targets are ${known.join(", ")}.`);
}

function toJson({ a, b, ok, values, firstDifference: found }: Comparison) {
  if (found === undefined) return { a, b, ok, values };
  const { node, origin, maxAbs, maxRel, maxUlp } = found;
  const firstDifference = { node, origin, maxAbs: jsonNumber(maxAbs), maxRel: jsonNumber(maxRel), maxUlp };
  return { a, b, ok, values, firstDifference };
}

function printComparison({ a, b, values, firstDifference: found }: Comparison, io: Io): void {
  print(io, `a: ${a}\nb: ${b}`);
  if (found === undefined) {
    print(io, `${values} values compared, all within the tolerance`);
    return;
  }
  const ulp = found.maxUlp === null ? "" : `, ${formatNumber(found.maxUlp)} ulp`;
  print(
    io,
    `${values} values compared, the first that differs is of ${found.node}, ONNX node ${found.origin || "(none)"}:`,
  );
  print(io, `  ${found.reason}`);
  print(
    io,
    `  greatest differences: ${formatNumber(found.maxAbs)} absolute, ${formatNumber(found.maxRel)} relative${ulp}`,
  );
  if (!a.endsWith(", not fused")) print(io, "  (--no-fuse compares every node)");
}
