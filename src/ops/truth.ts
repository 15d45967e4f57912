import { formatType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import type { Datum } from "../tensor/datum.ts";
import { ShapeError } from "../tensor/errors.ts";
import { scalarInteger } from "./scalar-operand.ts";
import { tensorOperand } from "./tensor-operand.ts";

/** Checks an operand that decides something: a bool of one element. Throws ShapeError naming it. */
export function checkTruth(value: Value | undefined, name: string): void {
  const { dtype, shape } = tensorOperand(value, name);
  const isOne = shape?.every((dim) => typeof dim !== "number" || dim === 1) ?? true;
  if (dtype === "bool" && isOne) return;
  throw new ShapeError(`${name} must be a bool of one element, got ${formatType(value?.type ?? { kind: "absent" })}.`);
}

/** The one element of a bool tensor. */
export const truth = (datum: Datum | undefined, name: string): boolean => scalarInteger(datum, name) !== 0n;
