import type { Value } from "../../../graph/value.ts";
import { logSoftmax } from "../../../ops/log-softmax.ts";
import { shapeOf } from "../../../ops/shape-of.ts";
import { softmax as softmaxOp } from "../../../ops/softmax.ts";
import { operandShape } from "../../../ops/tensor-operand.ts";
import type { OnnxEntry } from "../onnx-op.ts";
import { onnxOps } from "../onnx-op.ts";
import { reshapeTo } from "../shape-values.ts";
import { rankOf, settleAxis } from "./rank.ts";

type AlongAxis = typeof softmaxOp;

/** Before opset 13 the axes from `axis` on are one row. */
export function overFlattened(apply: AlongAxis, x: Value, axis: number): Value {
  const first = axis < 0 ? axis + rankOf(x, "input") : axis;
  if (first + 1 === operandShape(x, "input")?.length) return apply(x, { axis: first });
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
