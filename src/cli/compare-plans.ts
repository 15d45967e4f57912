import type { Plan } from "../plan/plan.ts";
import type { Feed } from "../runtime/feed.ts";
import type { StepReport } from "../runtime/step-report.ts";
import type { Datum } from "../tensor/datum.ts";
import { isTensor } from "../tensor/datum.ts";
import { formatShape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { GivenTolerance, Place } from "./first-difference.ts";
import { FirstDifference } from "./first-difference.ts";
import { matchSteps } from "./match-steps.ts";
import type { OpenModel } from "./open-model.ts";

export interface CompareInputs {
  readonly feeds: Readonly<Record<string, Feed>>;
  readonly tolerance: GivenTolerance;
  readonly onValue?: (done: number, total: number) => void;
}

/**
 * Runs two plans of one model on the same inputs and compares the values that both compute, in the order of `a`, then the outputs. Holds
 * the values of one run in memory.
 */
export async function comparePlans(a: OpenModel, b: OpenModel, { feeds, tolerance, onValue }: CompareInputs) {
  const partners = matchSteps(b.plan, a.plan);
  const isWanted = new Set(partners.values());
  const expected = new Map<number, readonly (Datum | undefined)[]>();
  const keep = ({ index, outputs }: StepReport) => {
    if (isWanted.has(index)) expected.set(index, outputs.map(copied));
  };
  const expectedOutputs = await b.model.run(feeds, { onStep: keep });
  const difference = new FirstDifference(tolerance);
  const isOneGraph = partners.size === a.plan.steps.length && partners.size === b.plan.steps.length;
  const check = ({ index, op, origin, outputs }: StepReport) => {
    onValue?.(index + 1, a.plan.steps.length);
    const partner = partners.get(index) ?? -1;
    const others = expected.get(partner) ?? [];
    expected.delete(partner);
    outputs.forEach((datum, i) => {
      const other = others[i];
      if (datum === undefined || other === undefined) return;
      // A node that was fused may leave a value of another shape behind under its name: that is not the node's result.
      if (isOneGraph || typeText(datum) === typeText(other)) difference.check({ node: op, origin }, datum, other);
    });
  };
  const outputs = await a.model.run(feeds, { onStep: check });
  for (const { name } of a.model.outputs) {
    difference.check(outputPlace(a.plan, name), outputs[name] ?? null, expectedOutputs[name] ?? null);
  }
  return difference.result;
}

/** The step that makes an output, for messages; the output's own name where no step does. */
export function outputPlace(plan: Plan, name: string): Place {
  const value = plan.outputs.find((output) => output.name === name)?.value ?? -1;
  const step = plan.steps.find(({ outputs }) => outputs.includes(value));
  return { node: step?.op ?? `output ${name}`, origin: step?.origin ?? name };
}

const typeText = (datum: Datum): string =>
  isTensor(datum) ? `${datum.dtype}${formatShape(datum.shape)}` : Array.isArray(datum) ? "sequence" : "other";

/** A copy that stays when the arena is used again. */
function copied<D extends Datum | undefined>(datum: D): D;
function copied(datum: Datum | undefined): Datum | undefined {
  if (Array.isArray(datum)) return datum.map((item: Datum) => copied(item));
  return isTensor(datum) ? { ...datum, data: datum.data.slice() as Tensor["data"] } : datum;
}
