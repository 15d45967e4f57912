import type { Feed } from "../runtime/feed.ts";
import type { StepReport } from "../runtime/step-report.ts";
import type { OpenModel } from "./open-model.ts";
import { quantile } from "./quantile.ts";
import type { StepWork } from "./step-work.ts";
import { WorkCounter } from "./step-work.ts";

/** A step of a run and the median of its times. */
export interface MeasuredStep extends StepWork, Pick<StepReport, "kernel" | "op" | "origin" | "reasons"> {
  /** Which step of the run it is. */
  readonly index: number;
  readonly ms: number;
  /** When the step began in the last run, in ms from its start. */
  readonly startMs: number;
  /** How long it took in the last run. */
  readonly lastMs: number;
}

export interface MeasureOptions {
  readonly feeds: Readonly<Record<string, Feed>>;
  readonly runs: number;
  readonly onRun: (done: number) => void;
}

/** How long a model is run before its steps are timed: engines compile its kernels meanwhile. */
const warmUpMs = 200;

/** Runs a model to warm it up, then `runs` times with each step timed. */
export async function measureSteps({ model, plan }: OpenModel, options: MeasureOptions): Promise<MeasuredStep[]> {
  const { feeds, runs, onRun } = options;
  const counter = new WorkCounter(plan, feeds);
  const steps: (Pick<MeasuredStep, "kernel" | "op" | "origin" | "reasons"> & StepWork)[] = [];
  const start = performance.now();
  await model.run(feeds, {
    onStep(report) {
      const { kernel, op, origin, reasons } = report;
      steps.push({ kernel, op, origin, reasons, ...counter.step(report) });
    },
  });
  while (performance.now() - start < warmUpMs) await model.run(feeds);
  const times: number[][] = steps.map(() => []);
  let ends: number[] = [];
  for (let i = 0; i < runs; i++) {
    ends = [];
    const runStart = performance.now();
    const onStep = ({ ms }: StepReport) => {
      times[ends.length]?.push(ms);
      ends.push(performance.now() - runStart);
    };
    await model.run(feeds, { onStep });
    onRun(i + 1);
  }
  return steps.map((step, index) => {
    const [all = [], endMs = 0] = [times[index], ends[index]];
    const lastMs = all.at(-1) ?? 0;
    return { ...step, index, ms: quantile(all, 0.5), startMs: endMs - lastMs, lastMs };
  });
}
