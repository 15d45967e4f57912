import type { Target } from "../ir/target.ts";
import { schedulesOf } from "../kernels/choose-schedule.ts";
import { emitOf } from "../kernels/elementwise/evaluate-expression.ts";
import { resolveOp } from "../ops/registered.ts";
import type { BoundPlan } from "./bound-plan.ts";
import type { Plan, PlanStep } from "./plan.ts";

/** The operator of each step of a bound plan that `eval` runs. */
export function evaluatedOps({ plan, steps }: BoundPlan): string[] {
  return steps.filter(({ launches }) => launches === undefined).map(({ at }) => (plan.steps[at] as PlanStep).op);
}

/** The operator of each step that no kernel could run, whatever its shapes; all of them without a target. */
export function opsWithoutKernels({ steps }: Plan, target: Target | undefined): string[] {
  const ops = steps.map(({ op }) => op);
  if (target === undefined) return ops;
  return ops.filter((op) => schedulesOf(op).length === 0 && emitOf(op) === undefined && !resolveOp(op).view);
}
