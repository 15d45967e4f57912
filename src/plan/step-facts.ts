import type { StepFacts, TensorFacts } from "../kernels/schedule.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Plan, PlanStep, PlanValue } from "./plan.ts";

/** What is known of the values of a plan once its symbols are bound. */
export interface ValueFacts {
  readonly plan: Plan;
  readonly shapes: readonly (readonly number[] | undefined)[];
  readonly literals: ReadonlyMap<number, Tensor>;
}

/** A value as schedules see it; undefined when its size is known at run time only, or it is no tensor. */
export function tensorFacts({ plan, shapes, literals }: ValueFacts, value: number): TensorFacts | undefined {
  const { type, storage } = plan.values[value] as PlanValue;
  const constant = storage.kind === "constant" ? storage.tensor : literals.get(value);
  const shape = constant?.shape ?? shapes[value];
  if (type.kind !== "tensor" || shape === undefined) return undefined;
  return { dtype: type.dtype, shape, constant };
}

/** A step as schedules see it, or why its sizes cannot be told before it runs. */
export function stepFacts(values: ValueFacts, { op, attributes, inputs, outputs }: PlanStep): StepFacts | string {
  const list = (numbers: readonly number[]) =>
    numbers.map((value) => (value < 0 ? undefined : (tensorFacts(values, value) ?? "open")));
  const [operands, results] = [list(inputs), list(outputs)];
  if (operands.includes("open") || results.includes("open")) return "its sizes are known only while it runs";
  return {
    op,
    attributes,
    operands: operands as (TensorFacts | undefined)[],
    results: results as (TensorFacts | undefined)[],
    extras: operands.length,
  };
}
