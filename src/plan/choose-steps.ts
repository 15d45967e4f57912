import type { Type } from "../graph/type.ts";
import type { Target } from "../ir/target.ts";
import { chooseSchedule, schedulesOf } from "../kernels/choose-schedule.ts";
import type { ExpressionNode } from "../kernels/elementwise/expression.ts";
import type { Launches, StepFacts, TensorFacts } from "../kernels/schedule.ts";
import type { BoundStep } from "./bound-plan.ts";
import { checkStep } from "./check-step.ts";
import type { ElementwiseGroup } from "./group-steps.ts";
import { groupSteps } from "./group-steps.ts";
import type { Plan, PlanStep, PlanValue } from "./plan.ts";
import type { ValueFacts } from "./step-facts.ts";
import { stepFacts, tensorFacts } from "./step-facts.ts";

/** A step before its temporaries have places. */
export type ChosenStep = Omit<BoundStep, "temporaries">;

/** Each step by `eval`: what a plan without a target does. */
export function evalSteps({ steps }: Plan): ChosenStep[] {
  return steps.map((step, at) => evalStep(step, at, ["the target is eval"]));
}

const evalStep = ({ inputs, outputs }: PlanStep, at: number, reasons: readonly string[]): ChosenStep => ({
  at,
  covers: [at],
  kernel: "eval",
  launches: undefined,
  reasons,
  inputs,
  outputs,
});

/**
 * What runs each step of a plan whose sizes are known, on a target: elementwise chains together, with the operator before them where its
 * schedule takes them as an epilogue; without `group` each step on its own. Views of values that have a place need no step at all.
 */
export function chooseSteps(values: ValueFacts, options: ChooseOptions): ChosenStep[] {
  return new Chooser(values, options).choose();
}

export interface ChooseOptions {
  readonly target: Target;
  readonly isView: (value: number) => boolean;
  readonly group: boolean;
}

class Chooser {
  readonly #values: ValueFacts;
  readonly #target: Target;
  readonly #isView: (value: number) => boolean;
  readonly #group: boolean;
  readonly #plan: Plan;
  readonly #groups: ReadonlyMap<number, ElementwiseGroup>;
  readonly #makers = new Map<number, number>();
  readonly #uses = new Map<number, number>();
  /** Steps that another one does. */
  readonly #taken = new Set<number>();

  constructor(values: ValueFacts, { target, isView, group }: ChooseOptions) {
    this.#values = values;
    this.#target = target;
    this.#isView = isView;
    this.#plan = values.plan;
    this.#group = group;
    this.#groups = group ? groupSteps(values) : groupSteps(values, 1);
    this.#plan.steps.forEach(({ inputs, outputs }, at) => {
      for (const output of outputs) this.#makers.set(output, at);
      for (const input of new Set(inputs)) this.#uses.set(input, (this.#uses.get(input) ?? 0) + 1);
    });
    for (const { value } of this.#plan.outputs) this.#uses.set(value, Number.POSITIVE_INFINITY);
  }

  choose(): ChosenStep[] {
    const chosen: ChosenStep[] = [];
    for (let at = this.#plan.steps.length - 1; at >= 0; at--) {
      if (this.#taken.has(at)) continue;
      const group = this.#groups.get(at);
      if (group === undefined) chosen.push(...this.#single(at));
      else if (group.covers.at(-1) === at) chosen.push(...this.#together(group, at));
    }
    return chosen.reverse();
  }

  #single(at: number): ChosenStep[] {
    const step = this.#plan.steps[at] as PlanStep;
    const [output = -1] = step.outputs;
    if (output >= 0 && this.#isView(output)) return [];
    const facts = stepFacts(this.#values, step);
    if (typeof facts === "string") return [evalStep(step, at, [facts])];
    return [this.#chosen(facts, at, { covers: [at], inputs: step.inputs }) ?? evalStep(step, at, this.#reasons(facts))];
  }

  /** A group as one step, together with the step before it, or its steps one by one. Last steps first. */
  #together(group: ElementwiseGroup, at: number): ChosenStep[] {
    const fused = this.#group ? this.#withMaker(group, at) : undefined;
    if (fused) return [fused];
    const { covers, inputs, output, expression } = group;
    const operands = inputs.map((value) => tensorFacts(this.#values, value) as TensorFacts);
    const results = [tensorFacts(this.#values, output) as TensorFacts];
    const facts: StepFacts = {
      op: "elementwise",
      attributes: {},
      operands,
      results,
      expression,
      extras: inputs.length,
    };
    const chosen = this.#chosen(facts, at, { covers, inputs });
    if (chosen) return [chosen];
    const reasons = this.#reasons(facts);
    return [...covers].reverse().map((each) => evalStep(this.#plan.steps[each] as PlanStep, each, reasons));
  }

  /** The group as the epilogue of a step whose only result it takes. */
  #withMaker({ covers, inputs, output, expression }: ElementwiseGroup, at: number): ChosenStep | undefined {
    const result = tensorFacts(this.#values, output) as TensorFacts;
    const candidates = inputs
      .map((value, i) => ({ value, i, maker: this.#makers.get(value) ?? -1 }))
      .filter(({ value, maker }) => this.#canFollow(value, maker, result))
      .sort((a, b) => b.maker - a.maker);
    for (const { value, i, maker } of candidates) {
      const step = this.#plan.steps[maker] as PlanStep;
      const facts = stepFacts(this.#values, step);
      if (typeof facts === "string") continue;
      const others = inputs.filter((each) => each !== value);
      const extras = others.map((each) => tensorFacts(this.#values, each) as TensorFacts);
      const fused: StepFacts = {
        ...facts,
        operands: [...facts.operands, ...extras],
        results: [result],
        expression: { ...expression, nodes: withFirst(expression.nodes, i, expression.operands) },
        extras: facts.operands.length,
      };
      const chosen = this.#chosen(fused, at, { covers: [maker, ...covers], inputs: [...step.inputs, ...others] });
      if (chosen === undefined) continue;
      this.#taken.add(maker);
      return chosen;
    }
    return undefined;
  }

  #canFollow(value: number, maker: number, result: TensorFacts): boolean {
    if (maker < 0 || this.#groups.has(maker) || this.#taken.has(maker) || this.#uses.get(value) !== 1) return false;
    const { op, outputs, tuple } = this.#plan.steps[maker] as PlanStep;
    if (tuple || outputs.length !== 1 || !schedulesOf(op).some(({ epilogue }) => epilogue)) return false;
    const facts = tensorFacts(this.#values, value);
    return facts?.dtype === "f32" && result.dtype === "f32" && String(facts.shape) === String(result.shape);
  }

  #chosen(
    facts: StepFacts,
    at: number,
    { covers, inputs }: { readonly covers: readonly number[]; readonly inputs: readonly number[] },
  ): ChosenStep | undefined {
    for (const each of covers) this.#check(each);
    const choice = chooseSchedule(facts, this.#target);
    if (!("launches" in choice)) return undefined;
    const { outputs } = this.#plan.steps[at] as PlanStep;
    const launches: Launches = choice.launches;
    return { at, covers, kernel: choice.schedule.name, launches, reasons: [], inputs, outputs };
  }

  /** Kernels trust sizes, so a step is checked with those that it has now, unless loading the model has checked all of them. */
  #check(at: number): void {
    const step = this.#plan.steps[at] as PlanStep;
    const values = [...step.inputs, ...step.outputs].filter((value) => value >= 0);
    if (values.every((value) => isFixed((this.#plan.values[value] as PlanValue).type))) return;
    const facts = stepFacts(this.#values, step);
    if (typeof facts !== "string") checkStep(step, facts);
  }

  #reasons(facts: StepFacts): readonly string[] {
    const choice = chooseSchedule(facts, this.#target);
    return "reasons" in choice ? choice.reasons : [];
  }
}

const isFixed = (type: Type): boolean =>
  type.kind === "tensor" && (type.shape?.every((dim) => typeof dim === "number") ?? false);

/** The nodes with operand `first` as operand 0, and those before it one further. */
function withFirst(nodes: readonly ExpressionNode[], first: number, operands: number): ExpressionNode[] {
  const moved = (input: number): number => {
    if (input >= operands || input > first) return input;
    return input === first ? 0 : input + 1;
  };
  return nodes.map((node) => ({ ...node, inputs: node.inputs.map(moved) }));
}
