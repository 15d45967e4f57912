import type { Value } from "../../../graph/value.ts";
import { and } from "../../../ops/and.ts";
import { bitAnd } from "../../../ops/bit-and.ts";
import { bitNot } from "../../../ops/bit-not.ts";
import { bitOr } from "../../../ops/bit-or.ts";
import { bitShift } from "../../../ops/bit-shift.ts";
import { bitXor } from "../../../ops/bit-xor.ts";
import { equal } from "../../../ops/equal.ts";
import { greater } from "../../../ops/greater.ts";
import { greaterEqual } from "../../../ops/greater-equal.ts";
import { isInf } from "../../../ops/is-inf.ts";
import { isNan } from "../../../ops/is-nan.ts";
import { less } from "../../../ops/less.ts";
import { lessEqual } from "../../../ops/less-equal.ts";
import { not } from "../../../ops/not.ts";
import { or } from "../../../ops/or.ts";
import { where } from "../../../ops/where.ts";
import { xor } from "../../../ops/xor.ts";
import { FormatError } from "../../../tensor/errors.ts";
import type { OnnxNode } from "../node.ts";
import { onnxOps } from "../onnx-op.ts";
import { oneOperand, twoOperands } from "./elementwise.ts";

/** Comparisons, truth values and bits. */
export const logic = onnxOps({
  And: twoOperands(and),
  BitShift: ([a, b], node) => bitShift(a, b, { direction: directionOf(node) }),
  BitwiseAnd: twoOperands(bitAnd),
  BitwiseNot: oneOperand(bitNot),
  BitwiseOr: twoOperands(bitOr),
  BitwiseXor: twoOperands(bitXor),
  Equal: twoOperands(equal),
  Greater: twoOperands(greater),
  GreaterOrEqual: twoOperands(greaterEqual),
  IsInf: ([x], node) => infinite(x, node.flag("detect_positive", true), node.flag("detect_negative", true)),
  IsNaN: oneOperand(isNan),
  Less: twoOperands(less),
  LessOrEqual: twoOperands(lessEqual),
  Not: oneOperand(not),
  Or: twoOperands(or),
  Where: ([condition, x, y]) => where(condition, x, y),
  Xor: twoOperands(xor),
});

const infinite = (x: Value, positive: boolean, negative: boolean): Value =>
  positive && negative ? isInf(x) : isInf(x, { positive, negative });

function directionOf(node: OnnxNode): "left" | "right" {
  const direction = node.string("direction");
  if (direction === "LEFT") return "left";
  if (direction === "RIGHT") return "right";
  throw new FormatError(`attribute "direction" must be LEFT or RIGHT, got ${direction ?? "nothing"}.`);
}
