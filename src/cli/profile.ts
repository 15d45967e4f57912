import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { kernelTargets } from "../api/target.ts";
import { chromeTrace } from "./chrome-trace.ts";
import type { Io } from "./io.ts";
import { print, printJson } from "./io.ts";
import { makeInputs } from "./make-inputs.ts";
import type { Roof } from "./measure-roof.ts";
import { cachedBytes, measureRoof } from "./measure-roof.ts";
import { measureSteps } from "./measure-steps.ts";
import type { ModelOptions } from "./model-options.ts";
import { addModelOptions, modelHelp, wholeFrom } from "./model-options.ts";
import { openModel } from "./open-model.ts";
import { profilePage } from "./profile-page.ts";
import type { Profile } from "./profile-steps.ts";
import { profileSteps } from "./profile-steps.ts";
import { printProfile } from "./profile-table.ts";
import { Progress } from "./progress.ts";

interface ProfileOptions extends ModelOptions {
  readonly runs: number;
  readonly trace?: string;
  readonly html?: string;
  readonly fuse: boolean;
}

const help = `
Times are medians over the runs. A kernel does one operator, or several that are fused. GFLOP/s and GB/s count what a
step has to compute and move at least. roof is how near that comes to the best tile loop on this machine or to reading,
from cache for steps that move less than ${cachedBytes / 1024} KiB, measured at the end. eval:OP is an operator that is
evaluated in TypeScript, without a kernel.`;

/** `profile MODEL`: where the time of a run goes, step by step. */
export function addProfile(program: Command, io: Io): void {
  addModelOptions(program.command("profile"))
    .description("Time each step of a model.")
    .option("--runs <n>", "timed runs, after some to warm up", wholeFrom(1), 5)
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
    opened.model.dispose();
    const roof = options.json && options.html === undefined ? undefined : roofOf(target);
    const result = { model: path, target, threads, ...profileSteps(measured, roof) };
    if (options.trace !== undefined) await writeFile(options.trace, JSON.stringify(chromeTrace(path, measured)));
    if (options.html !== undefined) await writeFile(options.html, profilePage(result));
    if (options.json) printJson(io, toJson(result));
    else {
      await printProfile(result, io);
      const files = [options.trace, options.html].filter((file) => file !== undefined);
      if (files.length > 0) print(io, `wrote ${files.join(" and ")}`);
    }
  } finally {
    progress.stop();
  }
}

/** How long each figure of the roof is measured. */
const roofMs = 50;

/** What this machine reaches on a target; undefined for targets that are not made to be fast. */
function roofOf(name: string): Roof | undefined {
  const target = kernelTargets().find((each) => each.name === name && each.isFast);
  if (target === undefined) return undefined;
  const host = target.openHost();
  try {
    return measureRoof(host, roofMs);
  } finally {
    host.dispose();
  }
}

function toJson({ model, target, threads, totalMs, steps }: Profile) {
  const list = steps.map(({ name, origin, ms, share, gflops, gbs }) => {
    return { kernel: name, origin, ms, share, gflops, gbs };
  });
  return { model, target, threads, totalMs, steps: list };
}
