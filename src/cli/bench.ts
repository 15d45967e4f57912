import type { Command } from "commander";
import { formatBytes, formatMs } from "./format.ts";
import type { Io } from "./io.ts";
import { print, printJson } from "./io.ts";
import { makeInputs } from "./make-inputs.ts";
import type { ModelOptions } from "./model-options.ts";
import { addModelOptions, modelHelp, wholeFrom } from "./model-options.ts";
import { openModel } from "./open-model.ts";
import { Progress } from "./progress.ts";
import { quantile } from "./quantile.ts";

interface BenchOptions extends ModelOptions {
  readonly fuse: boolean;
  readonly runs?: number;
}

const warmUpMs = 300;
const measureMs = 3000;
const leastRuns = 5;
const mostRuns = 200;

/** `bench MODEL`: how long loading, the first run and later runs take. */
export function addBench(program: Command, io: Io): void {
  addModelOptions(program.command("bench"))
    .description("Time a model: loading it, the first run, then runs after a warm-up.")
    .option("--runs <n>", `timed runs; as many as fit in ${measureMs / 1000} s if not given`, wholeFrom(1))
    .option("--no-fuse", "leave the graph unfused")
    .addHelpText(
      "after",
      `\nThe peak of memory is that of the whole process, the JavaScript engine included.${modelHelp("bench model.onnx --runs 20")}`,
    )
    .action((path: string, options: BenchOptions) => bench(path, options, io));
}

async function bench(path: string, options: BenchOptions, io: Io): Promise<void> {
  const progress = new Progress(io);
  try {
    const { model, plan, loadMs } = await openModel(path, options, io, progress);
    const feeds = await makeInputs(plan.inputs, options);
    const timed = async () => {
      const start = performance.now();
      await model.run(feeds);
      return performance.now() - start;
    };
    const firstMs = await timed();
    for (let spent = firstMs; spent < warmUpMs; ) spent += await timed();
    const times: number[] = [];
    let spent = 0;
    const wanted = options.runs ?? mostRuns;
    while (times.length < wanted) {
      if (options.runs === undefined && spent > measureMs && times.length >= leastRuns) break;
      const ms = await timed();
      times.push(ms);
      spent += ms;
      progress.update("timing", times.length, wanted);
    }
    progress.stop();
    const { target, threads } = model.info;
    const result = { model: path, target, threads, loadMs, firstMs, ...statistics(times), peakBytes: peakBytes() };
    if (options.json) printJson(io, result);
    else await printBench(result, io);
  } finally {
    progress.stop();
  }
}

function statistics(times: readonly number[]) {
  const [minMs, medianMs, p95Ms] = [0, 0.5, 0.95].map((q) => quantile(times, q)) as [number, number, number];
  return { runs: times.length, minMs, medianMs, p95Ms };
}

/** The most memory that the process has had so far; maxRSS is in kibibytes. */
const peakBytes = (): number => process.resourceUsage().maxRSS * 1024;

interface BenchResult extends ReturnType<typeof statistics> {
  readonly model: string;
  readonly target: string;
  readonly threads: number;
  readonly loadMs: number;
  readonly firstMs: number;
  readonly peakBytes: number;
}

async function printBench(result: BenchResult, io: Io): Promise<void> {
  const { formatTable } = await import("./table.ts");
  const { model, target, threads, runs } = result;
  print(io, `${model} on ${target}, ${threads} thread${threads === 1 ? "" : "s"}, ${runs} timed runs\n`);
  const heads = ["load", "first run", "min", "median", "p95"];
  const times = [result.loadMs, result.firstMs, result.minMs, result.medianMs, result.p95Ms];
  const columns = [...heads, "peak memory"].map((head) => ({ head, align: "right" }) as const);
  print(io, formatTable(columns, [[...times.map(formatMs), formatBytes(result.peakBytes)]]));
}
