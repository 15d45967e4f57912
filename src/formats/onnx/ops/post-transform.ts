import { constant } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { abs } from "../../../ops/abs.ts";
import { add } from "../../../ops/add.ts";
import { div } from "../../../ops/div.ts";
import { exp } from "../../../ops/exp.ts";
import { less } from "../../../ops/less.ts";
import { log } from "../../../ops/log.ts";
import { mul } from "../../../ops/mul.ts";
import { neg } from "../../../ops/neg.ts";
import { reduceMax } from "../../../ops/reduce-max.ts";
import { reduceSum } from "../../../ops/reduce-sum.ts";
import { sigmoid } from "../../../ops/sigmoid.ts";
import { softmax } from "../../../ops/softmax.ts";
import { sqrt } from "../../../ops/sqrt.ts";
import { sub } from "../../../ops/sub.ts";
import { operandShape } from "../../../ops/tensor-operand.ts";
import { where } from "../../../ops/where.ts";
import { scalar } from "../../../tensor/numbers.ts";
import type { OnnxNode } from "../node.ts";
import { dtypeOf } from "./precision.ts";

export type PostTransform = "NONE" | "SOFTMAX" | "LOGISTIC" | "SOFTMAX_ZERO" | "PROBIT";

/** In the order of their numbers in TreeEnsemble. */
export const postTransforms: readonly PostTransform[] = ["NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT"];

export const postTransformOf = (node: OnnxNode): PostTransform => node.choice("post_transform", postTransforms, "NONE");

/** What ai.onnx.ml does to the scores [N,E] of its models. A single score a row stays as it is but for PROBIT, as in ONNX Runtime. */
export function transformScores(scores: Value, transform: PostTransform): Value {
  if (operandShape(scores, "scores")?.[1] === 1 && transform !== "PROBIT") return scores;
  switch (transform) {
    case "NONE":
      return scores;
    case "SOFTMAX":
      return softmax(scores, { axis: -1 });
    case "LOGISTIC":
      return sigmoid(scores);
    case "SOFTMAX_ZERO":
      return softmaxZero(scores);
    case "PROBIT":
      return probit(scores);
  }
}

/** A softmax that keeps scores of (nearly) zero at their share of e^-max, so that zero stays zero. */
function softmaxZero(scores: Value): Value {
  const top = reduceMax(scores, { axes: [-1], keepDims: true });
  const isZero = less(abs(scores), 1e-7);
  const powers = where(isZero, mul(scores, exp(neg(top))), exp(sub(scores, top)));
  return div(powers, reduceSum(powers, { axes: [-1], keepDims: true }));
}

/**
 * √2 · erf⁻¹(2p - 1) by Winitzki's formula with a = 0.147, which is what ONNX runtimes compute: erf⁻¹(x) = ±√(√(v² - l/a) - v) for
 * l = ln(1 - x²), v = 2/(πa) + l/2; right to about 0.002.
 */
function probit(scores: Value): Value {
  const a = 0.147;
  const x = sub(mul(scores, 2), 1);
  const l = log(mul(sub(constantLike(x, 1), x), add(x, 1)));
  const v = add(mul(l, 0.5), 2 / (Math.PI * a));
  const size = sqrt(sub(sqrt(sub(mul(v, v), mul(l, 1 / a))), v));
  return mul(where(less(x, 0), neg(size), size), Math.SQRT2);
}

const constantLike = (x: Value, value: number): Value => constant(scalar(dtypeOf(x), value));
