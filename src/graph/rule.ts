import type { Term, Value } from "./value.ts";

export type Bindings<H extends string> = { readonly [N in H]: Value };

/** A named rewrite `match => replace`, with an example that is its documentation and its test. */
export interface Rule {
  readonly name: string;
  readonly match: readonly Term<string>[];
  readonly when: (bound: Bindings<string>, root: Value) => boolean;
  readonly replace: (bound: Bindings<string>, root: Value) => Value | undefined;
  readonly also: (bound: Bindings<string>, after: Value) => readonly (readonly [before: Value, after: Value])[];
  /** When false (the default), the values inside the match must have no user outside it. */
  readonly shared: boolean;
  readonly examples: readonly string[];
}

interface RuleSpec<H extends string> {
  readonly name: string;
  /** One pattern, or several that bind the same holes. */
  readonly match: Term<H> | readonly Term<H>[];
  readonly when?: (bound: Bindings<H>, root: Value) => boolean;
  /** The value to put in place of the root: same dtype, same shape. Undefined leaves it as it is. */
  readonly replace: (bound: Bindings<H>, root: Value) => Value | undefined;
  /** Values inside the match, and what their users outside it get instead, for a replacement that computes them as well. */
  readonly also?: (bound: Bindings<H>, after: Value) => readonly (readonly [before: Value, after: Value])[];
  readonly shared?: boolean;
  /** `before => after` in the text form of graphs, free names being f32[2,3,4] inputs unless declared: `x: i64[2], add(x, 0) => x`. */
  readonly example: string | readonly string[];
}

/** Declares a rule. The names of the holes are part of its type: `replace` cannot mention one that `match` does not bind. */
export function rule<H extends string>(spec: RuleSpec<H>): Rule {
  const { name, match, when = () => true, replace, also = () => [], shared = false, example } = spec;
  const patterns = Array.isArray(match) ? (match as readonly Term<H>[]) : [match as Term<H>];
  return {
    name,
    match: patterns,
    when: when as Rule["when"],
    replace: replace as Rule["replace"],
    also: also as Rule["also"],
    shared,
    examples: typeof example === "string" ? [example] : example,
  };
}
