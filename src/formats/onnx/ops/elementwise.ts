// How mappings of elementwise operators are written in one line each.

import { isAbsent } from "../../../graph/leaves.ts";
import { formatType } from "../../../graph/type.ts";
import type { Value } from "../../../graph/value.ts";
import { resolveAxis } from "../../../ops/axis.ts";
import { operandShape } from "../../../ops/tensor-operand.ts";
import { unsqueeze } from "../../../ops/unsqueeze.ts";
import { FormatError, UnsupportedError } from "../../../tensor/errors.ts";
import type { OnnxNode } from "../node.ts";
import type { OnnxEntry, OnnxMapping } from "../onnx-op.ts";

/** One operand, no attributes but the memory hint of opset 1. */
export const oneOperand =
  (apply: (x: Value) => Value): OnnxMapping =>
  ([x], node) => {
    node.ignore("consumed_inputs");
    return apply(x);
  };

/** Two operands that broadcast as in numpy; before opset 7 by the attributes `broadcast` and `axis`. */
export const twoOperands = (apply: (a: Value, b: Value) => Value): OnnxEntry => ({
  1: ([a, b], node) => {
    node.ignore("consumed_inputs");
    return apply(a, legacyBroadcast(a, b, node));
  },
  7: ([a, b]) => apply(a, b),
});

/** Any number of operands, folded two at a time from the left. */
export const manyOperands =
  (apply: (a: Value, b: Value) => Value): OnnxMapping =>
  (inputs, node) => {
    node.ignore("consumed_inputs");
    const [first, ...others] = givenInputs(inputs);
    if (first === undefined) throw new FormatError("it has no inputs, expected one or more. Export the model again.");
    return others.reduce(apply, first);
  };

/** The inputs that were not left out. */
export const givenInputs = (inputs: readonly Value[]): Value[] => inputs.filter((input) => !isAbsent(input));

/** b with trailing axes put on, so that its first axis meets axis `axis` of a, as the attributes of opsets 1 to 6 ask. */
function legacyBroadcast(a: Value, b: Value, node: OnnxNode): Value {
  const isBroadcast = node.flag("broadcast", false);
  const axis = node.int("axis");
  return isBroadcast && axis !== undefined ? alignToAxis(a, b, axis) : b;
}

/** b with as many trailing axes of dim 1 that numpy's broadcasting lays its first axis along axis `axis` of a. */
export function alignToAxis(a: Value, b: Value, axis: number): Value {
  const [rank, own] = [operandShape(a, "a")?.length, operandShape(b, "b")?.length];
  if (rank === undefined || own === undefined) {
    throw new UnsupportedError(
      `broadcasting along axis ${axis} needs known ranks, got a ${formatType(a.type)}, b ${formatType(b.type)}; convert the model to opset 7 or later.`,
    );
  }
  const trailing = rank - resolveAxis(axis, rank) - own;
  if (trailing <= 0) return b;
  return unsqueeze(
    b,
    Array.from({ length: trailing }, (_unused, i) => own + i),
  );
}
