import type { PlanPort, PlanStep, PlanValue } from "./plan.ts";

export interface Lifetime {
  readonly from: number;
  readonly to: number;
}

/** For each value the steps from its making to its last use; outputs live to the end, and a view keeps what it looks at alive. */
export function lifetimes(
  values: readonly Pick<PlanValue, "storage">[],
  steps: readonly PlanStep[],
  outputs: readonly PlanPort[],
): Lifetime[] {
  const from = values.map(() => 0);
  const to = values.map(() => 0);
  steps.forEach((step, at) => {
    for (const input of step.inputs) if (input >= 0) to[input] = at;
    for (const output of step.outputs) {
      if (output < 0) continue;
      from[output] = at;
      to[output] = at;
    }
  });
  for (const { value } of outputs) to[value] = steps.length;
  for (let i = values.length - 1; i >= 0; i--) {
    const storage = (values[i] as PlanValue).storage;
    if (storage.kind === "view") to[storage.of] = Math.max(to[storage.of] as number, to[i] as number);
  }
  return values.map((_value, i) => ({ from: from[i] as number, to: to[i] as number }));
}
