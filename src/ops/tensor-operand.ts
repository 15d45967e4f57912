import type { TensorType } from "../graph/type.ts";
import { formatType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import type { Dim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";

/** The tensor type of an operand. Throws ShapeError naming it when it is something else. */
export function tensorOperand(value: Value | undefined, name: string): TensorType {
  if (value?.type.kind === "tensor") return value.type;
  throw new ShapeError(`${name} must be a tensor, got ${value === undefined ? "nothing" : formatType(value.type)}.`);
}

/** The shape of a tensor operand, with the rank checked when both are known; undefined when the rank is unknown. */
export function operandShape(value: Value | undefined, name: string, rank?: number): readonly Dim[] | undefined {
  const type = tensorOperand(value, name);
  if (rank !== undefined && type.shape !== undefined && type.shape.length !== rank) {
    throw new ShapeError(`${name} must have rank ${rank}, got ${formatType(type)}.`);
  }
  return type.shape;
}
