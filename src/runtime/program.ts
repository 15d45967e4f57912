import { isGraph } from "../graph/graph.ts";
import type { Op } from "../graph/op.ts";
import type { Type } from "../graph/type.ts";
import type { Launch } from "../kernels/schedule.ts";
import type { BoundPlan, BoundStep } from "../plan/bound-plan.ts";
import { hasKnownSize } from "../plan/known-size.ts";
import type { Plan, PlanStep, PlanValue } from "../plan/plan.ts";
import type { Datum } from "../tensor/datum.ts";
import type { DType } from "../tensor/dtype.ts";
import { elementCount, storageLength } from "../tensor/tensor.ts";
import { chunkItems, secondsOf } from "./chunk-items.ts";

/** A step as its operator's `eval` runs it. */
export interface EvaluatedStep {
  readonly step: PlanStep;
  readonly op: Op;
  /** The step in messages. */
  readonly label: string;
  readonly hasBody: boolean;
  /** When operands and results are checked: what binding the symbols does not tell in each run, types that symbols tell in the first one; others were checked when the model was loaded. */
  readonly checks: "each run" | "first run" | "never";
}

/** Steps of a bound plan that are run together, from `at` to before `end`. */
export interface Span {
  readonly at: number;
  readonly end: number;
  /** Launches that one walk of the driver does; undefined where `eval` runs the step. */
  readonly launches: { readonly first: number; readonly end: number; readonly isShort: boolean } | undefined;
  /** What is evaluated: the step itself, or the last one where its kernels meet operands that they cannot take. */
  readonly evaluated: EvaluatedStep | undefined;
  /** Values that no later step needs. */
  readonly drops: readonly number[];
}

/** Where an output lies in the arena. */
export interface PlacedOutput {
  readonly offset: number;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Slots of storage. */
  readonly length: number;
}

/** A bound plan as runs go through it, with all worked out that is the same for each. */
export class Program {
  readonly bound: BoundPlan;
  /** What is known of the values before a run: constants and literals. */
  readonly data: readonly (Datum | undefined)[];
  /** By output; undefined for one that does not lie in the arena. */
  readonly outputs: readonly (PlacedOutput | undefined)[];
  /** True once a run came to its end: operands of symbolic types are then known to fit. */
  isProven = false;
  /** Calls of kernels in the next slice, as the latest slices went; few at first. */
  callsPerSlice = 4;
  readonly #resolveOp: (name: string) => Op;
  #together: readonly Span[] | undefined;
  #single: readonly Span[] | undefined;

  constructor(bound: BoundPlan, resolveOp: (name: string) => Op) {
    this.bound = bound;
    this.#resolveOp = resolveOp;
    const { plan, literals } = bound;
    this.data = plan.values.map(({ storage }, i) => (storage.kind === "constant" ? storage.tensor : literals.get(i)));
    this.outputs = plan.outputs.map(({ value }) => placedOutput(bound, value));
  }

  /** As many steps at a time as kernels can do, as far as the next that can fail. */
  get together(): readonly Span[] {
    this.#together ??= this.#spans(false);
    return this.#together;
  }

  /** One step at a time. */
  get single(): readonly Span[] {
    this.#single ??= this.#spans(true);
    return this.#single;
  }

  #spans(isSingle: boolean): Span[] {
    const { steps } = this.bound;
    const spans: Span[] = [];
    for (let [at, first] = [0, 0]; at < steps.length; ) {
      const end = spanEnd(steps, at, isSingle);
      const launches = steps.slice(at, end).flatMap((step) => step.launches?.launches ?? []);
      spans.push(this.#span(at, end, first, launches));
      first += launches.length;
      at = end;
    }
    return spans;
  }

  #span(at: number, end: number, first: number, launches: readonly Launch[]): Span {
    const { plan, steps } = this.bound;
    const last = steps[end - 1] as BoundStep;
    const byKernels = last.launches !== undefined;
    const drops = steps
      .slice(at, end)
      .flatMap((step) => step.inputs.filter((i) => i >= 0 && (plan.values[i] as PlanValue).to <= step.at));
    return {
      at,
      end,
      launches: byKernels ? { first, end: first + launches.length, isShort: isShort(launches) } : undefined,
      evaluated: !byKernels || last.launches?.fault ? this.#evaluated(plan, last) : undefined,
      drops: [...new Set(drops)],
    };
  }

  #evaluated(plan: Plan, { at }: BoundStep): EvaluatedStep {
    const step = plan.steps[at] as PlanStep;
    const { op, origin, attributes } = step;
    const hasBody = Object.values(attributes).some(isGraph);
    return {
      ...{ step, op: this.#resolveOp(op), label: `${op} "${origin}"`, hasBody },
      checks: hasBody ? "never" : checksOf(plan, step),
    };
  }
}

function spanEnd(steps: readonly BoundStep[], at: number, isSingle: boolean): number {
  let end = at;
  while (steps[end]?.launches !== undefined) {
    end++;
    if (isSingle || steps[end - 1]?.launches?.fault) break;
  }
  return Math.max(end, at + 1);
}

/** Work that kernels do without looking up, where estimates may be far too low, and what a call of one costs at least. */
const shortSeconds = 1e-4;
const secondsPerCall = 1e-6;

function isShort(launches: readonly Launch[]): boolean {
  const seconds = launches.map((launch) => {
    const calls = Math.ceil(launch.items / chunkItems(launch));
    return secondsOf(launch) + calls * secondsPerCall;
  });
  return seconds.reduce((sum, each) => sum + each, 0) <= shortSeconds;
}

function checksOf({ values }: Plan, { inputs, outputs }: PlanStep): EvaluatedStep["checks"] {
  const types = [...inputs, ...outputs].filter((i) => i >= 0).map((i) => (values[i] as PlanValue).type);
  if (types.some((type) => !hasKnownSize(type))) return "each run";
  return types.some((type) => !isFixed(type)) ? "first run" : "never";
}

const isFixed = (type: Type): boolean =>
  type.kind === "tensor" && (type.shape?.every((dim) => typeof dim === "number") ?? false);

function placedOutput({ plan, offsets, shapes }: BoundPlan, value: number): PlacedOutput | undefined {
  const [offset, shape, { type }] = [offsets[value] as number, shapes[value], plan.values[value] as PlanValue];
  if (offset < 0 || shape === undefined || type.kind !== "tensor") return undefined;
  return { offset, dtype: type.dtype, shape, length: storageLength(type.dtype, elementCount(shape)) };
}
