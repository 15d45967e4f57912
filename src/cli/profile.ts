import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { chromeTrace } from "./chrome-trace.ts";
import { formatMs, formatNumber, formatShare } from "./format.ts";
import type { Io } from "./io.ts";
import { print, printJson } from "./io.ts";
import { makeInputs } from "./make-inputs.ts";
import type { MeasuredStep } from "./measure-steps.ts";
import { measureSteps } from "./measure-steps.ts";
import type { ModelOptions } from "./model-options.ts";
import { addModelOptions, modelHelp, wholeFrom } from "./model-options.ts";
import { openModel } from "./open-model.ts";
import { profilePage } from "./profile-page.ts";
import { Progress } from "./progress.ts";

interface ProfileOptions extends ModelOptions {
  readonly runs: number;
  readonly trace?: string;
  readonly html?: string;
  readonly fuse: boolean;
}

/** A step as `--json` and the page have it; rates are null where the work is not known. */
export interface ProfiledStep {
  /** The kernel's name; `eval:OP` for an operator that no kernel runs. */
  readonly kernel: string;
  readonly origin: string;
  readonly ms: number;
  /** The part of totalMs, from 0 to 1. */
  readonly share: number;
  readonly gflops: number | null;
  readonly gbs: number | null;
}

export interface Profile {
  readonly model: string;
  readonly target: string;
  readonly threads: number;
  /** The sum over the steps. */
  readonly totalMs: number;
  readonly steps: readonly ProfiledStep[];
}

const help = `
Times are medians over the runs. GB/s counts every operand and result once; GFLOP/s is known for matrix products and
convolutions. Kernels named eval:OP are operators evaluated in TypeScript, without a kernel.`;

/** `profile MODEL`: where the time of a run goes, step by step. */
export function addProfile(program: Command, io: Io): void {
  addModelOptions(program.command("profile"))
    .description("Time each step of a model.")
    .option("--runs <n>", "timed runs, after one to warm up", wholeFrom(1), 5)
    .option("--no-fuse", "leave the graph unfused")
    .option("--trace <file>", "write the last run as a Chrome trace, for chrome://tracing or Perfetto")
    .option("--html <file>", "write a page with a chart")
    .addHelpText("after", `${help}\n${modelHelp("profile model.onnx", "profile model.onnx --html profile.html")}`)
    .action((path: string, options: ProfileOptions) => profile(path, options, io));
}

async function profile(path: string, options: ProfileOptions, io: Io): Promise<void> {
  const progress = new Progress(io);
  try {
    const opened = await openModel(path, options, io, progress);
    const feeds = await makeInputs(opened.plan.inputs, options);
    const { runs } = options;
    const measured = await measureSteps(opened, {
      feeds,
      runs,
      onRun: (done) => progress.update("timing", done, runs),
    });
    progress.stop();
    const { target, threads } = opened.model.info;
    const result = { model: path, target, threads, ...profiled(measured) };
    if (options.trace !== undefined) await writeFile(options.trace, JSON.stringify(chromeTrace(path, measured)));
    if (options.html !== undefined) await writeFile(options.html, profilePage(result, measured));
    if (options.json) printJson(io, result);
    else await printProfile(result, measured, options, io);
  } finally {
    progress.stop();
  }
}

function profiled(measured: readonly MeasuredStep[]): Pick<Profile, "totalMs" | "steps"> {
  const totalMs = measured.reduce((sum, { ms }) => sum + ms, 0);
  const steps = measured.map(({ kernel, op, origin, ms, flops, bytes }) => ({
    kernel: kernel === "eval" ? `eval:${op}` : kernel,
    origin,
    ms,
    share: totalMs === 0 ? 0 : ms / totalMs,
    gflops: rate(flops, ms),
    gbs: rate(bytes, ms),
  }));
  return { totalMs, steps };
}

/** Billions a second; null where the amount is not known, or the clock saw no time go by. */
const rate = (amount: number | undefined, ms: number): number | null =>
  amount === undefined || ms === 0 ? null : amount / ms / 1e6;

const mostRows = 30;
const barWidth = 12;

async function printProfile(
  result: Profile,
  measured: readonly MeasuredStep[],
  { trace, html }: ProfileOptions,
  io: Io,
): Promise<void> {
  const { formatTable } = await import("./table.ts");
  const { model, target, threads, totalMs, steps } = result;
  print(io, `${model} on ${target}, ${threads} thread${threads === 1 ? "" : "s"}: ${formatMs(totalMs)} a run\n`);
  const order = steps.map((_step, i) => i).sort((a, b) => (steps[b]?.ms ?? 0) - (steps[a]?.ms ?? 0));
  const columns = [
    { head: "ms", align: "right" },
    { head: "share", align: "right" },
    { head: "" },
    { head: "kernel" },
    { head: "result" },
    { head: "GFLOP/s", align: "right" },
    { head: "GB/s", align: "right" },
    { head: "ONNX node" },
  ] as const;
  const rows = order.slice(0, mostRows).map((i) => {
    const { ms = 0, share = 0, kernel = "", gflops = null, gbs = null, origin = "" } = steps[i] ?? {};
    const rates = [gflops, gbs].map((value) => (value === null ? "" : formatNumber(value))) as [string, string];
    return [formatNumber(ms), formatShare(share), bar(share), kernel, measured[i]?.type ?? "", ...rates, origin];
  });
  print(io, formatTable(columns, rows));
  if (steps.length > mostRows) {
    const rest = order.slice(mostRows).reduce((sum, i) => sum + (steps[i]?.share ?? 0), 0);
    print(io, `and ${steps.length - mostRows} more steps, ${formatShare(rest)} together (--json and --html have all)`);
  }
  const evaluated = measured.filter(({ kernel }) => kernel === "eval").length;
  if (evaluated > 0)
    print(io, `\n${evaluated} of ${steps.length} steps have no kernel: their operators run in TypeScript`);
  const files = [trace, html].filter((file) => file !== undefined);
  if (files.length > 0) print(io, `wrote ${files.join(" and ")}`);
}

const bar = (share: number): string => "█".repeat(Math.round(share * barWidth)) || "▏";
