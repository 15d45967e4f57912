import type { Roof } from "./measure-roof.ts";
import { cachedBytes } from "./measure-roof.ts";
import type { MeasuredStep } from "./measure-steps.ts";

/** A step as the table and the page show it; rates are null where the work is not known. */
export interface ProfiledStep extends MeasuredStep {
  /** The name of the schedule that runs it; `eval:OP` for an operator that no kernel runs. */
  readonly name: string;
  /** The part of all steps' time, from 0 to 1. */
  readonly share: number;
  readonly gflops: number | null;
  readonly gbs: number | null;
  /** How near it comes to what the machine reaches, in operations or in bytes; 1 is the roof. */
  readonly roof: number | null;
}

export interface Profile {
  readonly model: string;
  readonly target: string;
  readonly threads: number;
  /** The sum over the steps. */
  readonly totalMs: number;
  readonly steps: readonly ProfiledStep[];
  /** Undefined where it was not measured. */
  readonly roof: Roof | undefined;
}

/** Shares and rates of measured steps. */
export function profileSteps(
  measured: readonly MeasuredStep[],
  roof: Roof | undefined,
): Pick<Profile, "totalMs" | "steps" | "roof"> {
  const totalMs = measured.reduce((sum, { ms }) => sum + ms, 0);
  const steps = measured.map((step): ProfiledStep => {
    const { kernel, op, ms } = step;
    const [gflops, gbs] = [rate(step.flops, ms), rate(step.bytes, ms)];
    return {
      ...step,
      name: kernel === "eval" ? `eval:${op}` : kernel,
      share: totalMs === 0 ? 0 : ms / totalMs,
      gflops,
      gbs,
      roof: roof && (gflops !== null || gbs !== null) ? shareOfRoof(roof, { gflops, gbs, bytes: step.bytes }) : null,
    };
  });
  return { totalMs, steps, roof };
}

/** Billions a second; null where the amount is not known, or the clock saw no time go by. */
const rate = (amount: number | undefined, ms: number): number | null =>
  amount === undefined || ms === 0 ? null : amount / ms / 1e6;

type Rates = Pick<ProfiledStep, "gflops" | "gbs" | "bytes">;

const shareOfRoof = (roof: Roof, { gflops, gbs, bytes }: Rates): number =>
  Math.max((gflops ?? 0) / roof.gflops, (gbs ?? 0) / (bytes > cachedBytes ? roof.gbs : roof.cachedGbs));

/** Steps of one operator that `eval` runs for one reason. */
export interface EvaluatedSteps {
  readonly name: string;
  readonly count: number;
  readonly share: number;
  readonly reason: string;
}

/** The steps that `eval` runs, by operator and reason, most time first. */
export function evaluatedSteps(steps: readonly ProfiledStep[]): EvaluatedSteps[] {
  const groups = new Map<string, EvaluatedSteps>();
  for (const { kernel, name, reasons, share } of steps) {
    if (kernel !== "eval") continue;
    const reason = reasons.join("; ");
    const known = groups.get(`${name} ${reason}`);
    const sum = { name, reason, count: (known?.count ?? 0) + 1, share: (known?.share ?? 0) + share };
    groups.set(`${name} ${reason}`, sum);
  }
  return [...groups.values()].sort((a, b) => b.share - a.share);
}
