import type { Value } from "../../../graph/value.ts";
import { add } from "../../../ops/add.ts";
import { div } from "../../../ops/div.ts";
import { mul } from "../../../ops/mul.ts";
import { reduceMean } from "../../../ops/reduce-mean.ts";
import { sqrt } from "../../../ops/sqrt.ts";
import { sub } from "../../../ops/sub.ts";
import { castTo, constantLike, dtypeOf, wideDType } from "./precision.ts";
import { rankOf } from "./rank.ts";

/** Mean and inverse deviation of x over the axes from `axis` on, which stay with size 1, in a dtype wide enough for the sums. */
export function normStatistics(
  x: Value,
  axis: number,
  epsilon: number,
): { readonly mean: Value; readonly inverse: Value } {
  const wide = castTo(x, wideDType(dtypeOf(x)));
  const mean = reduceMean(wide, { axes: axesFrom(axis, x), keepDims: true });
  return { mean, inverse: inverseRoot(sub(wide, mean), axis, epsilon) };
}

/** 1 / √(mean(x²) + epsilon) over the axes from `axis` on, likewise. */
export function inverseRootMeanSquare(x: Value, axis: number, epsilon: number): Value {
  return inverseRoot(castTo(x, wideDType(dtypeOf(x))), axis, epsilon);
}

function inverseRoot(x: Value, axis: number, epsilon: number): Value {
  const squares = reduceMean(mul(x, x), { axes: axesFrom(axis, x), keepDims: true });
  return div(constantLike(x, 1), sqrt(add(squares, epsilon)));
}

function axesFrom(axis: number, x: Value): number[] {
  const rank = rankOf(x, "X");
  const first = axis < 0 ? axis + rank : axis;
  return Array.from({ length: rank - first }, (_unused, i) => first + i);
}
