import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import type { KernelTarget } from "../api/target.ts";
import { kernelTargets } from "../api/target.ts";
import type { Target } from "../ir/target.ts";
import { bindPlan } from "../plan/bind-plan.ts";
import type { BoundPlan } from "../plan/bound-plan.ts";
import { buildPlan } from "../plan/build-plan.ts";
import type { PlanStep } from "../plan/plan.ts";
import { UsageError } from "../tensor/errors.ts";
import { formatNumber } from "./format.ts";
import type { Io } from "./io.ts";
import { print, printJson } from "./io.ts";
import type { KernelBench } from "./kernel-benches.ts";
import { kernelBenches, scalarLaunch } from "./kernel-benches.ts";
import type { GraphText, Settings } from "./kernel-examples.ts";
import { findExample, graphOf } from "./kernel-settings.ts";
import { exampleHelp, wholeFrom } from "./model-options.ts";
import { Progress } from "./progress.ts";
import { PlanTimer, withLaunch } from "./time-plan.ts";

interface BenchKernelOptions {
  readonly sizes?: readonly number[];
  readonly targets?: readonly string[];
  readonly ms: number;
  readonly json?: boolean;
}

/** One kernel at one size on one target. A row is n elements of the result; ratios say how many times faster the kernel is. */
export interface KernelTimes {
  readonly target: string;
  readonly size: number;
  readonly nsPerRow: number;
  /** Billions of elements a second. */
  readonly gelems: number;
  readonly scalarNsPerRow: number;
  readonly ratioToScalar: number;
  readonly composedNsPerRow: number;
  readonly ratioToComposed: number;
}

const help = `
Each figure is the least of many runs of one thread, each over many rows that fit a cache. scalar is a plain loop over
scalars with one sum on the same target, composed the same work as the unfused graph does it there, one kernel an
operator. The interpreter is measured only when --targets names it.

Kernels: ${kernelBenches.map(({ name }) => name).join(", ")}`;

/** `bench-kernel KERNEL`: how fast a kernel is on every target that runs here. */
export function addBenchKernel(program: Command, io: Io): void {
  program
    .command("bench-kernel")
    .description("Time a kernel on every target that runs here.")
    .argument("<kernel>", "the name of a kernel; see below")
    .option("--sizes <n,...>", "elements of a row", wholeNumbers)
    .option("--targets <a,b>", "the targets to measure", (text) => text.split(","))
    .option("--ms <n>", "how long each figure is measured", wholeFrom(1), 100)
    .option("--json", "print JSON for machines on standard output, and nothing else")
    .addHelpText("after", `${help}\n${exampleHelp("bench-kernel rms-norm --sizes 1024,4096 --ms 20")}`)
    .action((name: string, options: BenchKernelOptions) => benchKernel(name, options, io));
}

function wholeNumbers(text: string): number[] {
  const read = wholeFrom(1);
  const numbers = text.split(",").map(read);
  if (numbers.length === 0) throw new InvalidArgumentError("Expected sizes such as 1024,4096.");
  return numbers;
}

async function benchKernel(name: string, options: BenchKernelOptions, io: Io): Promise<void> {
  const bench = kernelBenches.find((each) => each.name === name);
  if (bench === undefined) {
    const names = kernelBenches.map((each) => each.name).join(", ");
    throw new UsageError(`There is nothing to compare kernel "${name}" with. The kernels are ${names}.`);
  }
  const targets = wantedTargets(options.targets);
  const { sizes = bench.sizes, ms } = options;
  const progress = new Progress(io);
  const results: KernelTimes[] = [];
  try {
    for (const target of targets) {
      for (const size of sizes) {
        results.push(timesOf(bench, target, size, ms));
        progress.update(`timing ${target.name}`, results.length, targets.length * sizes.length);
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  } finally {
    progress.stop();
  }
  if (options.json) printJson(io, { kernel: name, results });
  else await printTimes(name, results, io);
}

function wantedTargets(names: readonly string[] | undefined): KernelTarget[] {
  const known = kernelTargets();
  if (names === undefined) return known.filter(({ isFast }) => isFast);
  return names.map((name) => {
    const found = known.find((target) => target.name === name);
    if (found !== undefined) return found;
    const here = known.map((target) => target.name).join(", ");
    throw new UsageError(`--targets ${name}: no such target runs kernels here; ${here} do. "lanewise info" says why.`);
  });
}

/** Elements of all rows together, so that operands and result stay in the second cache. */
const elements = 65536;
const leastRows = 16;

function timesOf(bench: KernelBench, { name: target, openHost }: KernelTarget, n: number, ms: number): KernelTimes {
  const host = openHost();
  try {
    const example = findExample(bench.name);
    const rows = Math.max(leastRows, Math.floor(elements / n));
    const settings = { ...example.settings, n, [bench.rows]: rows, ...("k" in example.settings && { k: n }) };
    const timer = new PlanTimer(host);
    const perRow = (bound: BoundPlan) => (timer.leastMs(bound, ms) * 1e6) / rows;
    const bound = boundTo(example, settings, { target: host.target, group: true });
    const composed = boundTo({ ...example, lines: bench.composed }, settings, { target: host.target, group: false });
    const [nsPerRow, scalarNsPerRow, composedNsPerRow] = [
      perRow(bound),
      perRow(withLaunch(bound, scalarLaunch(bench, rows, n))),
      perRow(composed),
    ];
    return {
      ...{ target, size: n, nsPerRow, gelems: n / nsPerRow },
      ...{ scalarNsPerRow, ratioToScalar: scalarNsPerRow / nsPerRow },
      ...{ composedNsPerRow, ratioToComposed: composedNsPerRow / nsPerRow },
    };
  } finally {
    host.dispose();
  }
}

function boundTo(
  text: GraphText,
  settings: Settings,
  options: { readonly target: Target; readonly group: boolean },
): BoundPlan {
  const bound = bindPlan(buildPlan(graphOf(text, settings)), new Map(), options);
  const evaluated = bound.steps.find(({ launches }) => launches === undefined);
  if (evaluated === undefined) return bound;
  const { op } = bound.plan.steps[evaluated.at] as PlanStep;
  throw new UsageError(`${options.target.name} has no kernel for ${op}: ${evaluated.reasons.join("; ")}.`);
}

async function printTimes(name: string, results: readonly KernelTimes[], io: Io): Promise<void> {
  const { formatTable } = await import("./table.ts");
  print(io, `${name}, nanoseconds a row\n`);
  const heads = ["size", "ns", "Gelem/s", "scalar ns", "ratio", "composed ns", "ratio"];
  const columns = [{ head: "target" }, ...heads.map((head) => ({ head, align: "right" }) as const)];
  const rows = results.map(({ target, size, ...times }) => {
    const { nsPerRow, gelems, scalarNsPerRow, ratioToScalar, composedNsPerRow, ratioToComposed } = times;
    const numbers = [nsPerRow, gelems, scalarNsPerRow, ratioToScalar, composedNsPerRow, ratioToComposed];
    return [target, String(size), ...numbers.map(formatNumber)];
  });
  print(io, formatTable(columns, rows));
}
