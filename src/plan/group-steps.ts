import { formulaWeight } from "../kernels/elementwise/evaluate-expression.ts";
import type { Expression, ExpressionNode } from "../kernels/elementwise/expression.ts";
import type { TensorFacts } from "../kernels/schedule.ts";
import type { DType } from "../tensor/dtype.ts";
import type { Plan, PlanStep } from "./plan.ts";
import type { ValueFacts } from "./step-facts.ts";
import { tensorFacts } from "./step-facts.ts";

/** Steps whose elementwise operators are computed together, element by element; what lies between them is never stored. */
export interface ElementwiseGroup {
  /** Steps of the plan in order; the last one gives the result. */
  readonly covers: readonly number[];
  /** Values from outside, each once. */
  readonly inputs: readonly number[];
  readonly output: number;
  readonly expression: Expression;
}

/** Weight of the formulas, and operands, of one kernel: more would not fit the registers of small targets, and compile for long. */
const maxWeight = 24;
const maxOperands = 8;

/** dtypes whose values pass from one operator to the next as they would through memory. */
const exactBetween: ReadonlySet<DType> = new Set<DType>(["f32", "i32", "i64", "bool"]);

/**
 * Finds the elementwise groups of a plan whose shapes are known: each grows from its last step upwards, over values of the result's
 * shape that nobody outside the group uses, to a weight of `most`. Steps in no group have none in the map; others share one.
 */
export function groupSteps(values: ValueFacts, most = maxWeight): ReadonlyMap<number, ElementwiseGroup> {
  return new Grouping(values, most).find();
}

class Grouping {
  readonly #values: ValueFacts;
  readonly #most: number;
  readonly #plan: Plan;
  readonly #makers = new Map<number, number>();
  readonly #users = new Map<number, number[]>();
  readonly #outputs: ReadonlySet<number>;

  constructor(values: ValueFacts, most: number) {
    this.#values = values;
    this.#most = most;
    this.#plan = values.plan;
    this.#outputs = new Set(values.plan.outputs.map(({ value }) => value));
    this.#plan.steps.forEach(({ inputs, outputs }, at) => {
      for (const output of outputs) this.#makers.set(output, at);
      for (const input of new Set(inputs)) this.#users.set(input, [...(this.#users.get(input) ?? []), at]);
    });
  }

  find(): ReadonlyMap<number, ElementwiseGroup> {
    const found = new Map<number, ElementwiseGroup>();
    for (let at = this.#plan.steps.length - 1; at >= 0; at--) {
      if (found.has(at) || !this.#weight(at)) continue;
      const group = this.#groupOf(this.#grow(at));
      for (const step of group.covers) found.set(step, group);
    }
    return found;
  }

  #step(at: number): PlanStep {
    return this.#plan.steps[at] as PlanStep;
  }

  /** How much code a step's formula becomes, or 0 where it has none. */
  #weight(at: number): number {
    const { op, attributes, inputs, outputs, tuple } = this.#step(at);
    if (tuple || outputs.length !== 1) return 0;
    const all = [...inputs, ...outputs];
    const facts = all.map((value) => (value < 0 ? undefined : tensorFacts(this.#values, value)));
    if (facts.some((each, i) => each === undefined && all[i] !== -1) || facts.at(-1) === undefined) return 0;
    const dtypes = facts.map((each) => each?.dtype);
    return formulaWeight(op, attributes, { operands: dtypes.slice(0, -1), result: dtypes.at(-1) as DType });
  }

  /** The steps that can be done together with the one at `root`, which gives the result. */
  #grow(root: number): ReadonlySet<number> {
    const result = tensorFacts(this.#values, this.#step(root).outputs[0] as number) as TensorFacts;
    const members = new Set([root]);
    let weight = this.#weight(root);
    for (let changed = true; changed; ) {
      changed = false;
      for (const member of members) {
        for (const value of this.#step(member).inputs) {
          const maker = this.#makers.get(value);
          if (maker === undefined || members.has(maker) || weight + this.#weight(maker) > this.#most) continue;
          if (!this.#joins(value, maker, { result, members })) continue;
          members.add(maker);
          weight += this.#weight(maker);
          changed = true;
        }
      }
    }
    return members;
  }

  #joins(
    value: number,
    maker: number,
    { result, members }: { readonly result: TensorFacts; readonly members: ReadonlySet<number> },
  ): boolean {
    const facts = tensorFacts(this.#values, value);
    if (facts === undefined || !exactBetween.has(facts.dtype) || this.#outputs.has(value)) return false;
    if (String(facts.shape) !== String(result.shape)) return false;
    if (!this.#users.get(value)?.every((user) => members.has(user)) || !this.#weight(maker)) return false;
    return this.#operands(new Set([...members, maker])).length <= maxOperands;
  }

  /** The values from outside that a set of steps uses. */
  #operands(members: ReadonlySet<number>): number[] {
    const made = new Set([...members].flatMap((at) => this.#step(at).outputs));
    const used = [...members].sort((a, b) => a - b).flatMap((at) => this.#step(at).inputs);
    return [...new Set(used)].filter((value) => value >= 0 && !made.has(value));
  }

  #groupOf(members: ReadonlySet<number>): ElementwiseGroup {
    const covers = [...members].sort((a, b) => a - b);
    const inputs = this.#operands(members);
    const numbers = new Map(inputs.map((value, i) => [value, i]));
    const nodes = covers.map((at): ExpressionNode => {
      const { op, attributes, inputs: used, outputs } = this.#step(at);
      const [output] = outputs as [number];
      numbers.set(output, numbers.size);
      const { dtype } = tensorFacts(this.#values, output) as TensorFacts;
      return { op, attributes, inputs: used.map((value) => numbers.get(value) ?? -1), dtype };
    });
    const output = this.#step(covers.at(-1) as number).outputs[0] as number;
    return { covers, inputs, output, expression: { operands: inputs.length, nodes } };
  }
}
