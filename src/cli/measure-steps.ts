import type { StepReport } from "../runtime/execute.ts";
import type { Feed } from "../runtime/feed.ts";
import type { OpenModel } from "./open-model.ts";
import { quantile } from "./quantile.ts";
import type { StepWork } from "./step-work.ts";
import { WorkCounter } from "./step-work.ts";

/** A step of a plan and the median of its times. */
export interface MeasuredStep extends StepWork {
  readonly index: number;
  readonly kernel: string;
  readonly op: string;
  readonly origin: string;
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

/** Runs a model once to warm it up, then `runs` times with each step timed. */
export async function measureSteps({ model, plan }: OpenModel, options: MeasureOptions): Promise<MeasuredStep[]> {
  const { feeds, runs, onRun } = options;
  const counter = new WorkCounter(plan, feeds);
  const work: StepWork[] = [];
  await model.run(feeds, { onStep: (report) => work.push(counter.step(report)) });
  const times: number[][] = plan.steps.map(() => []);
  let last: { report: Pick<StepReport, "index" | "ms">; endMs: number }[] = [];
  for (let i = 0; i < runs; i++) {
    last = [];
    const start = performance.now();
    const onStep = ({ index, ms }: StepReport) => {
      last.push({ report: { index, ms }, endMs: performance.now() - start });
      times[index]?.push(ms);
    };
    await model.run(feeds, { onStep });
    onRun(i + 1);
  }
  return plan.steps.map(({ kernel, op, origin }, index) => {
    const { report, endMs } = last[index] ?? { report: { ms: 0 }, endMs: 0 };
    const ms = quantile(times[index] ?? [], 0.5);
    const done = work[index] ?? { bytes: 0, flops: undefined, type: "" };
    return { ...done, index, kernel, op, origin, ms, startMs: endMs - report.ms, lastMs: report.ms };
  });
}
