import type { BoundPlan } from "./bound-plan.ts";

/** The steps of the plan that a bound plan leaves out, since their results are other values under another shape. */
export function viewSteps({ plan, steps }: BoundPlan): readonly number[] {
  const done = new Set(steps.flatMap(({ covers }) => covers));
  return plan.steps.flatMap((_step, at) => (done.has(at) ? [] : [at]));
}
