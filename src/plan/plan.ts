import type { Type } from "../graph/type.ts";
import type { Attributes } from "../graph/value.ts";
import type { Dim } from "../tensor/dim.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Where the data of a value lives while a plan runs. */
export type Storage =
  /** Given by the caller. */
  | { readonly kind: "input" }
  /** Known when the plan is made. */
  | { readonly kind: "constant"; readonly tensor: Tensor }
  /** An i64 vector of dims, known once the symbols are bound. */
  | { readonly kind: "dims"; readonly dims: readonly Dim[] }
  /** In the arena, at an offset that binding decides. */
  | { readonly kind: "arena" }
  /** The bytes of another value under another shape. */
  | { readonly kind: "view"; readonly of: number }
  /** On the heap: outputs, values whose size the plan cannot know, sequences and the like. */
  | { readonly kind: "heap" };

export interface PlanValue {
  readonly type: Type;
  readonly storage: Storage;
  /** The first and last step during which the data must stay, views of it included. */
  readonly from: number;
  readonly to: number;
}

/** One call. Inputs and outputs are indices into the plan's values; -1 stands for an operand left out or a result that nobody uses. */
export interface PlanStep {
  readonly op: string;
  readonly origin: string;
  readonly attributes: Attributes;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** True when the operator's result is a tuple, even of one. */
  readonly tuple: boolean;
}

export interface PlanPort {
  readonly name: string;
  readonly type: Type;
  readonly value: number;
}

/** How to run a graph: steps in order over numbered values. Plain data; sizes may be symbolic until the plan is bound. */
export interface Plan {
  readonly name: string;
  readonly inputs: readonly PlanPort[];
  readonly outputs: readonly PlanPort[];
  readonly values: readonly PlanValue[];
  readonly steps: readonly PlanStep[];
}
