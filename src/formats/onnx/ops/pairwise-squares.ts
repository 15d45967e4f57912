import type { Value } from "../../../graph/value.ts";
import { mul } from "../../../ops/mul.ts";
import { reduceSum } from "../../../ops/reduce-sum.ts";
import { sub } from "../../../ops/sub.ts";
import { unsqueeze } from "../../../ops/unsqueeze.ts";

/** The square of the distance from each row of a [M,D] to each row of b [N,D], as [M,N]. */
export function pairwiseSquares(a: Value, b: Value): Value {
  const difference = sub(unsqueeze(a, [1]), unsqueeze(b, [0]));
  return reduceSum(mul(difference, difference), { axes: [2], keepDims: false });
}
