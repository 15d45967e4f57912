import type { SequenceType } from "../graph/type.ts";
import { formatType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import type { Datum } from "../tensor/datum.ts";
import { ShapeError } from "../tensor/errors.ts";
import { scalarInteger } from "./scalar-operand.ts";

/** The type of an operand that is a sequence. Throws ShapeError when it is something else. */
export function sequenceOperand(value: Value | undefined, name: string): SequenceType {
  if (value?.type.kind === "sequence") return value.type;
  throw new ShapeError(`${name} must be a sequence, got ${value === undefined ? "nothing" : formatType(value.type)}.`);
}

/**
 * The place in a list of `length` items that a position of one element tells, one below 0 counting from the end. Throws ShapeError
 * outside [-length, length).
 */
export function placeOf(position: Datum, length: number): number {
  const at = Number(scalarInteger(position, "position"));
  if (at >= -length && at < length) return at < 0 ? at + length : at;
  throw new ShapeError(`position ${at} is out of range for a sequence of ${length} items.`);
}
