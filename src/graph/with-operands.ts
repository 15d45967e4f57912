import { construct } from "./construct.ts";
import { constantOp } from "./leaves.ts";
import { withOrigin } from "./origin.ts";
import type { Type } from "./type.ts";
import type { Value } from "./value.ts";

/**
 * A value with other operands, which mean the same as its own. Its type is inferred again only where an operand may tell more than the one
 * before: operators read floating-point operands for types where they are constants alone.
 */
export function withOperands(value: Value, operands: readonly Value[]): Value {
  const { op, attributes, origin, type } = value;
  const isKept = isFloat(type) && operands.every((operand, i) => tellsNoMore(operand, value.operands[i] as Value));
  if (isKept) return { op, attributes, operands, origin, type };
  return withOrigin(origin, () => construct(op, operands, attributes) as Value);
}

const tellsNoMore = (operand: Value, before: Value): boolean =>
  operand === before ||
  (isFloat(operand.type) && isSame(operand.type, before.type) && operand.op !== constantOp && before.op !== constantOp);

const floats: ReadonlySet<string> = new Set(["f32", "f16", "bf16", "f64"]);

const isFloat = (type: Type): boolean => type.kind === "tensor" && floats.has(type.dtype);

/** Whether two types are spelled alike, down to each dim. */
function isSame(a: Type, b: Type): boolean {
  if (a === b) return true;
  if (a.kind !== "tensor" || b.kind !== "tensor" || a.dtype !== b.dtype) return false;
  if (a.shape === undefined || b.shape === undefined) return a.shape === b.shape;
  return a.shape.length === b.shape.length && a.shape.every((dim, i) => dim === b.shape?.[i]);
}
