import { formatType } from "../../../graph/type.ts";
import type { Value } from "../../../graph/value.ts";
import { logSoftmax } from "../../../ops/log-softmax.ts";
import { shapeOf } from "../../../ops/shape-of.ts";
import { softmax as softmaxOp } from "../../../ops/softmax.ts";
import { operandShape } from "../../../ops/tensor-operand.ts";
import { ShapeError } from "../../../tensor/errors.ts";
import type { OnnxEntry } from "../onnx-op.ts";
import { onnxOps } from "../onnx-op.ts";
import { reshapeTo } from "../shape-values.ts";
import { rankOf, settleAxis } from "./rank.ts";

/** The most axes that an input of unknown rank is taken to have. */
const maxRank = 64;

type AlongAxis = typeof softmaxOp;

/** Before opset 13 the axes from `axis` on are one row. */
export function overFlattened(apply: AlongAxis, x: Value, axis: number): Value {
  const rank = operandShape(x, "input")?.length;
  const first = axis < 0 ? axis + rankOf(x, "input") : axis;
  if (first < 0 || first > (rank ?? maxRank))
    throw new ShapeError(`the axis ${axis} is out of range for the input ${formatType(x.type)}.`);
  if (first + 1 === rank) return apply(x, { axis: first });
  const rows = reshapeTo(x, [...new Array<number>(first).fill(0), -1], true);
  return reshapeTo(apply(rows, { axis: first }), shapeOf(x));
}

const versions = (apply: AlongAxis): OnnxEntry => ({
  1: ([x], node) => overFlattened(apply, x, node.int("axis", 1)),
  13: ([x], node) => apply(x, { axis: settleAxis(node.int("axis", -1), x, "input") }),
});

export const softmax = onnxOps({
  LogSoftmax: versions(logSoftmax),
  Softmax: versions(softmaxOp),
});
