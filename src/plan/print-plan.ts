import type { PrintOptions } from "../graph/print.ts";
import { formatType } from "../graph/type.ts";
import type { Plan, PlanStep, PlanValue } from "./plan.ts";
import { callText, headText, returnText, withRemark } from "./print-step.ts";

/**
 * A plan as text, a line a step: results by number, the call, and where the results live until which step. See printBoundPlan for what
 * runs the steps once sizes are known.
 *
 *     plan main(x: f32[N,3]) {
 *       0  %2 = mul(x, f32 0.5)                      # f32[N,3] arena, until 1  /encoder/Mul
 *       return y: %3
 *     }
 */
export function printPlan(plan: Plan, { constants = [], origins = true }: PrintOptions = {}): string {
  const options = { constants, origins };
  const lines = plan.steps.map((step, at) => {
    const { origin } = step;
    const shown = origins && origin !== "" ? `  ${origin}` : "";
    return withRemark(`  ${at}  ${callText(plan, step, options)}`, `${placesOf(plan, step)}${shown}`);
  });
  return [headText(plan), ...lines, returnText(plan, options)].join("\n");
}

/** `f32[N,3] arena, until 4` of each result. */
function placesOf(plan: Plan, { outputs }: PlanStep): string {
  const places = outputs.map((output) => {
    if (output < 0) return "unused";
    const { type, storage, to } = plan.values[output] as PlanValue;
    return `${formatType(type)} ${storage.kind === "view" ? `view of %${storage.of}` : storage.kind}, until ${to}`;
  });
  return places.join("; ");
}
