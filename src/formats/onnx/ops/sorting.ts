import { constant, dims } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { argMax } from "../../../ops/arg-max.ts";
import { argMin } from "../../../ops/arg-min.ts";
import { nonMaxSuppression } from "../../../ops/non-max-suppression.ts";
import { oneHot } from "../../../ops/one-hot.ts";
import { pick } from "../../../ops/pick.ts";
import { shapeOf } from "../../../ops/shape-of.ts";
import { tensorOperand } from "../../../ops/tensor-operand.ts";
import { topK } from "../../../ops/top-k.ts";
import { unique } from "../../../ops/unique.ts";
import { fromNumbers } from "../../../tensor/numbers.ts";
import type { OnnxNode } from "../node.ts";
import { onnxOps } from "../onnx-op.ts";
import { requiredAttribute, reshapeTo, sizeOf } from "../shape-values.ts";
import { flatten } from "./shapes.ts";

const argAttributes = (node: OnnxNode) => ({
  axis: node.int("axis", 0),
  keepDims: node.flag("keepdims", true),
  ...(node.flag("select_last_index", false) && { selectLastIndex: true }),
});

const picks = (tuple: Value, count: number): readonly Value[] =>
  Array.from({ length: count }, (_unused, index) => pick(tuple, { index }));

/** `sorted` is a hint: the results are in order either way. */
function topKOf(x: Value, k: Value, node: OnnxNode): readonly Value[] {
  node.ignore("sorted");
  return picks(topK(x, k, { axis: node.int("axis", -1), largest: node.flag("largest", true) }), 2);
}

/** Operators that compare elements with one another to choose or order them. */
export const sorting = onnxOps({
  ArgMax: ([x], node) => argMax(x, argAttributes(node)),
  ArgMin: ([x], node) => argMin(x, argAttributes(node)),
  Hardmax: {
    1: ([x], node) => reshapeTo(hardmax(flatten(x, node.int("axis", 1)), 1), shapeOf(x)),
    13: ([x], node) => hardmax(x, node.int("axis", -1)),
  },
  NonMaxSuppression: ([boxes, scores, limit, overlap, least], node) =>
    nonMaxSuppression(boxes, scores, limit, overlap, least, { centerBoxes: node.int("center_point_box", 0) === 1 }),
  TopK: {
    1: ([x], node) => topKOf(x, dims([requiredAttribute(node.int("k"), "k")]), node),
    10: ([x, k], node) => topKOf(x, k, node),
  },
  Unique: ([x], node) => {
    const [axis, sorted] = [node.int("axis"), node.flag("sorted", true)];
    return picks(unique(x, axis === undefined ? { sorted } : { axis, sorted }), 4);
  },
});

/** 1 at the first greatest element along the axis, 0 elsewhere. */
function hardmax(x: Value, axis: number): Value {
  const values = constant(fromNumbers(tensorOperand(x, "input").dtype, [2], [0, 1]));
  return oneHot(argMax(x, { axis, keepDims: false }), sizeOf(x, axis), values, { axis });
}
