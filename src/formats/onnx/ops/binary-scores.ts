import { constant } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { concat } from "../../../ops/concat.ts";
import { greater } from "../../../ops/greater.ts";
import { neg } from "../../../ops/neg.ts";
import { sub } from "../../../ops/sub.ts";
import { scalar } from "../../../tensor/numbers.ts";
import { reshapeTo } from "../shape-values.ts";
import type { PostTransform } from "./post-transform.ts";
import { transformScores } from "./post-transform.ts";
import { castTo, dtypeOf } from "./precision.ts";

/** Class 0 or 1 of each row, an i64 vector, by one score a row [N,1]: a probability, or any number. */
export const binaryPlace = (score: Value, isProbability: boolean): Value =>
  castTo(reshapeTo(greater(score, isProbability ? 0.5 : 0), [-1]), "i64");

/**
 * The scores of both classes [N,2] for one score s a row [N,1]: 1 - p beside a probability p, -s beside any number. Of the transforms
 * only LOGISTIC (of -s and s) and PROBIT mean something here; the others are passed over, as ONNX Runtime does.
 */
export function binaryScores(score: Value, isProbability: boolean, transform: PostTransform): Value {
  if (transform === "LOGISTIC") return transformScores(concat([neg(score), score], { axis: 1 }), transform);
  const other = isProbability ? sub(constant(scalar(dtypeOf(score), 1)), score) : neg(score);
  const scores = concat([other, score], { axis: 1 });
  return transform === "PROBIT" ? transformScores(scores, transform) : scores;
}
