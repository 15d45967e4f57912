import type { Launches } from "../kernels/schedule.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Plan } from "./plan.ts";

/** A step of a bound plan: one step of the plan, or several that one schedule does together. */
export interface BoundStep {
  /** The step of the plan whose results these are. */
  readonly at: number;
  /** All steps of the plan that it does, in order. */
  readonly covers: readonly number[];
  /** The schedule that runs it, or "eval". */
  readonly kernel: string;
  /** Undefined where the operator's `eval` runs the step. */
  readonly launches: Launches | undefined;
  /** Why no schedule runs it; empty where one does. */
  readonly reasons: readonly string[];
  /** Values of the plan, as a PlanStep has them. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Where in the arena its temporaries are. */
  readonly temporaries: readonly number[];
}

/** A plan with its symbols bound to numbers: sizes, offsets, literals and what runs each step are decided. */
export interface BoundPlan {
  readonly plan: Plan;
  readonly bindings: ReadonlyMap<string, number>;
  readonly steps: readonly BoundStep[];
  /** Offset in the arena of each value that lives there, -1 for the others. Views have the offset of what they look at. */
  readonly offsets: readonly number[];
  /** Bytes of each value that has a place of its own in the arena, 0 for the others. */
  readonly bytes: readonly number[];
  /** The shapes of values whose size is known. */
  readonly shapes: readonly (readonly number[] | undefined)[];
  /** Tensors of the literals of dims, by value. */
  readonly literals: ReadonlyMap<number, Tensor>;
  readonly arenaBytes: number;
}
