import type { Dim } from "../tensor/dim.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Graph } from "./graph.ts";
import type { Op } from "./op.ts";
import type { Type } from "./type.ts";

/** What an attribute of an operator may be: plain data, a tensor, a type, or a closed graph (bodies of If, Loop, Scan). */
export type Attribute = number | bigint | string | boolean | Tensor | Graph | Type | undefined | readonly Attribute[];
export interface Attributes {
  readonly [name: string]: Attribute;
}

/**
 * A term over operators: a graph value when it has no holes, a pattern otherwise. `H` names its holes.
 * Terms are immutable; `===` is identity.
 */
export interface Term<H extends string = never> {
  readonly op: Op;
  readonly attributes: Attributes;
  readonly operands: readonly Term<H>[];
  /** Where the term came from (ONNX node or rule): for messages only. */
  readonly origin: string;
  /** Undefined in patterns. */
  readonly type: Type | undefined;
  /** Type-level only: the names of the holes. */
  readonly holes?: H;
}

/** One result of the model's computation: an operator applied to operands, with its inferred type. */
export interface Value extends Term<never> {
  readonly operands: readonly Value[];
  readonly type: Type;
}

/** A constructor's result: a value from values, a pattern as soon as an operand has holes. */
export type TermOf<H extends string> = [H] extends [never] ? Value : Term<H>;

/** What constructors accept for an operand: a term; a number (a scalar of the first operand's dtype); a list of dims (an i64 vector); undefined where the operand is optional. */
export type Operand<H extends string = never> = Term<H> | number | readonly Dim[] | undefined;

export const isTerm = (x: unknown): x is Term<string> =>
  typeof x === "object" && x !== null && "operands" in x && "op" in x;
