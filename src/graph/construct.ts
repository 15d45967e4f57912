import type { Dim } from "../tensor/dim.ts";
import { ShapeError, within } from "../tensor/errors.ts";
import { scalar } from "../tensor/numbers.ts";
import { knownDims } from "./known-dims.ts";
import { absent, constant, dims } from "./leaves.ts";
import type { Op } from "./op.ts";
import { currentOrigin } from "./origin.ts";
import { literal } from "./pattern.ts";
import type { Type } from "./type.ts";
import { formatType } from "./type.ts";
import type { Attributes, Operand, Term, Value } from "./value.ts";
import { isTerm } from "./value.ts";

export const isValue = (term: Term<string>): term is Value => term.type !== undefined;

/** Lists of dims become i64 vectors; numbers become scalars of `like`'s dtype, or literals in a pattern; undefined becomes `absent`. */
function toTerm(operand: Operand<string>, like: Term<string> | undefined): Term<string> {
  if (operand === undefined) return absent;
  if (isTerm(operand)) return operand;
  if (typeof operand !== "number") return dims(operand as readonly Dim[]);
  return like?.type?.kind === "tensor" ? constant(scalar(like.type.dtype, operand)) : literal(operand);
}

/**
 * Applies an operator to operands. With values it infers the type and returns a value; as soon as an operand has holes
 * it returns a pattern. Attributes that are undefined are dropped. Throws the operator's ShapeError with operator and origin in front.
 */
export function construct(op: Op, operands: readonly Operand<string>[], attributes: Attributes = {}): Term<string> {
  const like = operands.find((operand): operand is Term<string> => isTerm(operand) && operand !== absent);
  const first = like ?? operands.find(isTerm);
  if (first?.type !== undefined && first.type.kind !== "tensor") checkNoNumbers(first.type, operands);
  const terms = operands.map((operand) => toTerm(operand, like));
  const kept = Object.fromEntries(Object.entries(attributes).filter(([, attribute]) => attribute !== undefined));
  const origin = currentOrigin();
  if (!terms.every(isValue)) return { op, attributes: kept, operands: terms, origin, type: undefined };
  const infer = () => op.infer(terms, kept);
  const type = origin === "" ? within(op.name, infer) : infer();
  const value: Value = { op, attributes: kept, operands: terms, origin, type };
  knownDims(value);
  return value;
}

/** A number takes its dtype from the first operand, which must be a tensor for that. */
function checkNoNumbers(first: Type, operands: readonly Operand<string>[]): void {
  if (!operands.some((operand) => typeof operand === "number")) return;
  throw new ShapeError(`its operand is ${formatType(first)}, expected a tensor.`);
}

/** A pattern: an operator applied to operands, whatever its attributes. */
export function like<H extends string>(op: Op, ...operands: readonly Operand<H>[]): Term<H> {
  return construct(op, operands) as Term<H>;
}
