import type { Plan, PlanStep } from "../plan/plan.ts";

/**
 * Which steps of two plans compute the same value: for each step of `b` that has a partner, the index of that step of `a`. Plans of one graph
 * match step by step. Otherwise a fused operator carries the name of the ONNX node whose result it gives, so steps
 * match where a node has exactly one result in both plans; what fusion has swallowed or changed has no partner.
 */
export function matchSteps(a: Plan, b: Plan): ReadonlyMap<number, number> {
  if (isSameSequence(a, b)) return new Map(b.steps.map((_step, i) => [i, i]));
  const results = resultsByOrigin(a);
  const pairs = new Map<number, number>();
  for (const [origin, step] of resultsByOrigin(b)) {
    const partner = results.get(origin);
    if (partner !== undefined) pairs.set(step, partner);
  }
  return pairs;
}

function isSameSequence(a: Plan, b: Plan): boolean {
  const sameStep = (step: PlanStep, other: PlanStep | undefined) =>
    step.op === other?.op && step.origin === other.origin && String(step.inputs) === String(other.inputs);
  return a.steps.length === b.steps.length && a.steps.every((step, i) => sameStep(step, b.steps[i]));
}

/** For each ONNX node, the step that gives its result: the only one with a single output that steps of other nodes, or nobody, use. */
export function resultsByOrigin({ steps, outputs }: Plan): ReadonlyMap<string, number> {
  const makers = new Map(steps.flatMap((step, i) => step.outputs.map((output) => [output, i] as const)));
  const isInner = steps.map(() => false);
  const isUsedOutside = steps.map(() => false);
  for (const { origin, inputs } of steps) {
    for (const input of inputs) {
      const maker = makers.get(input);
      if (maker === undefined) continue;
      if (steps[maker]?.origin === origin) isInner[maker] = true;
      else isUsedOutside[maker] = true;
    }
  }
  for (const { value } of outputs) {
    const maker = makers.get(value);
    if (maker !== undefined) isUsedOutside[maker] = true;
  }
  const found = new Map<string, number>();
  const ambiguous = new Set<string>();
  steps.forEach(({ origin, outputs: made }, i) => {
    if (isInner[i] && !isUsedOutside[i]) return;
    if (found.has(origin) || made.length !== 1 || origin === "") ambiguous.add(origin);
    found.set(origin, i);
  });
  return new Map([...found].filter(([origin]) => !ambiguous.has(origin)));
}
