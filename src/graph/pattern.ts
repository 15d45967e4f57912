import { invariant } from "../tensor/errors.ts";
import type { Op } from "./op.ts";
import type { Attributes, Term } from "./value.ts";

const patternOp = (name: string): Op => ({
  name,
  operandNames: [],
  commutative: false,
  pure: true,
  view: false,
  infer() {
    invariant(false, `the pattern ${name} has no type.`);
  },
  eval() {
    invariant(false, `the pattern ${name} has no value.`);
  },
});

export const holeOp: Op = patternOp("hole");
export const literalOp: Op = patternOp("literal");
export const oneOfOp: Op = patternOp("oneOf");
export const bindOp: Op = patternOp("bind");

const pattern = <H extends string>(op: Op, operands: readonly Term<H>[], attributes: Attributes): Term<H> => ({
  op,
  attributes,
  operands,
  origin: "",
  type: undefined,
});

/** A pattern that matches any value and binds it to `name`; the same hole twice matches the same value (`===`) twice. */
export const hole = <H extends string>(name: H): Term<H> => pattern<H>(holeOp, [], { name });

/**
 * A pattern that matches a constant of any shape whose elements all equal `value`, rounded to the constant's dtype; or that are
 * within a relative `tolerance` of it, for constants that exporters write with few digits.
 */
export const literal = (value: number, tolerance = 0): Term<never> =>
  pattern<never>(literalOp, [], { value, tolerance });

/** A pattern that matches whatever one of the alternatives matches, tried in order. */
export const oneOf = <H extends string>(...alternatives: readonly Term<H>[]): Term<H> =>
  pattern(oneOfOp, alternatives, {});

/** A pattern that matches what `inner` matches and binds that value to `name`, to look at its attributes or type. */
export const bind = <N extends string, H extends string>(name: N, inner: Term<H>): Term<N | H> =>
  pattern<N | H>(bindOp, [inner], { name });

type HoleName =
  | "x"
  | "y"
  | "z"
  | "a"
  | "b"
  | "c"
  | "w"
  | "m"
  | "q"
  | "k"
  | "v"
  | "scale"
  | "bias"
  | "eps"
  | "mean"
  | "variance"
  | "axes"
  | "shape"
  | "condition"
  | "min"
  | "max"
  | "skip"
  | "mask";

/** The usual holes: `$.x`, `$.scale`. For another name use `hole("name")`. */
export const $: { readonly [N in HoleName]: Term<N> } = new Proxy({} as { [N in HoleName]: Term<N> }, {
  get: (_target, name) => hole(String(name)),
});
