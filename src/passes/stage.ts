import type { Simplifier } from "../graph/rewrite.ts";
import type { Rule } from "../graph/rule.ts";

/** One step of the pipeline: rules and simplifiers that run together until none fires, and what holds of the graph afterwards. */
export interface Stage {
  readonly name: string;
  readonly rules: readonly Rule[];
  readonly simplifiers: readonly Simplifier[];
  readonly guarantee: string;
}
