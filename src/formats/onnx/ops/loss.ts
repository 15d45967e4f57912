import { isAbsent } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { div } from "../../../ops/div.ts";
import { equal } from "../../../ops/equal.ts";
import { expand } from "../../../ops/expand.ts";
import { gather } from "../../../ops/gather.ts";
import { gatherElements } from "../../../ops/gather-elements.ts";
import { logSoftmax } from "../../../ops/log-softmax.ts";
import { mul } from "../../../ops/mul.ts";
import { neg } from "../../../ops/neg.ts";
import { reduceMean } from "../../../ops/reduce-mean.ts";
import { reduceSum } from "../../../ops/reduce-sum.ts";
import { shapeOf } from "../../../ops/shape-of.ts";
import { squeeze } from "../../../ops/squeeze.ts";
import { unsqueeze } from "../../../ops/unsqueeze.ts";
import { where } from "../../../ops/where.ts";
import type { OnnxNode } from "../node.ts";
import { onnxOps } from "../onnx-op.ts";
import { castTo, constantLike, dtypeOf, wideDType } from "./precision.ts";

export const loss = onnxOps({
  NegativeLogLikelihoodLoss: ([scores, labels, weights], node) => {
    const wide = castTo(scores, wideDType(dtypeOf(scores)));
    return castTo(negativeLogLikelihood(wide, labels, weights, node), dtypeOf(scores));
  },
  SoftmaxCrossEntropyLoss: ([scores, labels, weights], node) => {
    const logs = logSoftmax(castTo(scores, wideDType(dtypeOf(scores))), { axis: 1 });
    const dtype = dtypeOf(scores);
    return [castTo(negativeLogLikelihood(logs, labels, weights, node), dtype), castTo(logs, dtype)];
  },
});

/** -weight[label] · scores[label] for the classes along axis 1, with 0 where the label is to be ignored, then summed or averaged. */
function negativeLogLikelihood(scores: Value, labels: Value, weights: Value, node: OnnxNode): Value {
  const ignored = node.int("ignore_index");
  const reduction = node.choice("reduction", ["none", "sum", "mean"], "mean");
  const skip = ignored === undefined ? undefined : equal(labels, constantLike(labels, ignored));
  const valid = skip === undefined ? labels : where(skip, constantLike(labels, 0), labels);
  const picked = neg(squeeze(gatherElements(scores, unsqueeze(valid, [1]), { axis: 1 }), [1]));
  if (isAbsent(weights) && skip === undefined) return reduce(picked, reduction);
  const given = isAbsent(weights)
    ? expand(constantLike(scores, 1), shapeOf(labels))
    : gather(castTo(weights, dtypeOf(scores)), valid, { axis: 0 });
  const zero = constantLike(scores, 0);
  const weight = skip === undefined ? given : where(skip, zero, given);
  const losses = skip === undefined ? mul(picked, weight) : where(skip, zero, mul(picked, weight));
  if (reduction !== "mean") return reduce(losses, reduction);
  return div(reduce(losses, "sum"), reduce(weight, "sum"));
}

const over = { none: undefined, sum: reduceSum, mean: reduceMean };

function reduce(losses: Value, reduction: keyof typeof over): Value {
  return over[reduction]?.(losses, { keepDims: false }) ?? losses;
}
