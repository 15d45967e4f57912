import { isFloat } from "../tensor/dtype.ts";
import { construct } from "./construct.ts";
import { constantOp } from "./leaves.ts";
import { withOrigin } from "./origin.ts";
import type { Type } from "./type.ts";
import { shapeEquals } from "./type.ts";
import type { Value } from "./value.ts";

/**
 * A value with other operands, which mean the same as its own. Its type is inferred again only where an operand may tell more than the one
 * before: operators read floating-point operands for types where they are constants alone.
 */
export function withOperands(value: Value, operands: readonly Value[]): Value {
  const { op, attributes, origin, type } = value;
  const isKept =
    isFloatTensor(type) && operands.every((operand, i) => tellsNoMore(operand, value.operands[i] as Value));
  if (isKept) return { op, attributes, operands, origin, type };
  return withOrigin(origin, () => construct(op, operands, attributes) as Value);
}

const tellsNoMore = (operand: Value, before: Value): boolean =>
  operand === before ||
  (isKnownAlike(operand.type, before.type) && operand.op !== constantOp && before.op !== constantOp);

const isFloatTensor = (type: Type): boolean => type.kind === "tensor" && isFloat(type.dtype);

/** Whether both are floating-point tensors of one dtype and certainly one shape. */
const isKnownAlike = (a: Type, b: Type): boolean =>
  a.kind === "tensor" &&
  b.kind === "tensor" &&
  isFloat(a.dtype) &&
  a.dtype === b.dtype &&
  shapeEquals(a.shape, b.shape);
