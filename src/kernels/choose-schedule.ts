import type { Target } from "../ir/target.ts";
import { bytesFor } from "../tensor/dtype.ts";
import { elementCount } from "../tensor/tensor.ts";
import { usesWide } from "./elementwise/evaluate-expression.ts";
import { schedules } from "./index.ts";
import type { Launches, Schedule, StepFacts, TensorFacts } from "./schedule.ts";

/** What runs a step, or why nothing does. */
export type Choice =
  | { readonly schedule: Schedule; readonly launches: Launches }
  | { readonly reasons: readonly string[] };

const byOp = new Map<string, readonly Schedule[]>();
for (const schedule of schedules) for (const op of schedule.ops) byOp.set(op, [...(byOp.get(op) ?? []), schedule]);

/** The schedules of an operator, first choice first. */
export const schedulesOf = (op: string): readonly Schedule[] => byOp.get(op) ?? [];

const hasWide = ({ operands, extras, expression }: StepFacts): boolean =>
  (expression !== undefined && usesWide(expression)) || operands.slice(extras).some((each) => each?.dtype === "i64");

/** Whether offsets into a tensor go beyond what an i32 holds. */
const isTooLarge = (tensor: TensorFacts | undefined): boolean =>
  tensor !== undefined && bytesFor(tensor.dtype, elementCount(tensor.shape)) >= 2 ** 31;

/** The first schedule that runs the step, with its launches; else each one's reason. */
export function chooseSchedule(step: StepFacts, target: Target): Choice {
  const reasons: string[] = [];
  if ([...step.operands, ...step.results].some(isTooLarge)) return { reasons: ["tensors of 2 GiB have no kernels"] };
  for (const schedule of schedulesOf(step.op)) {
    if (step.expression !== undefined && step.op !== "elementwise" && !schedule.epilogue) {
      reasons.push(`${schedule.name} takes nothing after it`);
      continue;
    }
    if (step.expression !== undefined && step.op !== "elementwise" && hasWide(step)) {
      reasons.push("64-bit integers are no part of an epilogue");
      continue;
    }
    const planned = schedule.plan(step, target);
    if (typeof planned !== "string") return { schedule, launches: planned };
    reasons.push(planned);
  }
  return { reasons: reasons.length > 0 ? reasons : [`${step.op} has no kernels yet`] };
}
