import type { Value } from "../../../graph/value.ts";
import { abs } from "../../../ops/abs.ts";
import { add } from "../../../ops/add.ts";
import { cast } from "../../../ops/cast.ts";
import { div } from "../../../ops/div.ts";
import { greater } from "../../../ops/greater.ts";
import { less } from "../../../ops/less.ts";
import { log } from "../../../ops/log.ts";
import { max } from "../../../ops/max.ts";
import { min } from "../../../ops/min.ts";
import { mul } from "../../../ops/mul.ts";
import { neg } from "../../../ops/neg.ts";
import { sub } from "../../../ops/sub.ts";
import { operandShape } from "../../../ops/tensor-operand.ts";
import { unsqueeze } from "../../../ops/unsqueeze.ts";
import { where } from "../../../ops/where.ts";
import { UnsupportedError } from "../../../tensor/errors.ts";
import type { OnnxNode } from "../node.ts";
import { requiredAttribute } from "../shape-values.ts";
import { countUp } from "./padding-mask.ts";
import { constantLike } from "./precision.ts";

/**
 * The bucket [queries, keys] of the distance from each query to each key, as in T5: half of the buckets for one distance each, the
 * others for distances that grow by a factor up to max_distance, and the last one for all beyond it. With is_bidirectional
 * keys behind the query have the second half of the buckets to themselves, otherwise they count as distance 0.
 */
export function positionBuckets(table: Value, queries: Value, keys: Value, node: OnnxNode): Value {
  const all = operandShape(table, "bias_table", 2)?.[0];
  if (typeof all !== "number") {
    throw new UnsupportedError("the number of rows of bias_table is not known; export the model with shapes.");
  }
  const furthest = requiredAttribute(node.int("max_distance"), "max_distance");
  const isBidirectional = node.flag("is_bidirectional", false);
  const offset = sub(unsqueeze(countUp(keys), [0]), unsqueeze(countUp(queries), [1]));
  if (!isBidirectional) return bucketOf(max(neg(offset), 0), all, furthest);
  const half = all / 2;
  const shift = where(greater(offset, 0), constantLike(offset, half), constantLike(offset, 0));
  return add(bucketOf(abs(offset), half, furthest), shift);
}

function bucketOf(distance: Value, count: number, furthest: number): Value {
  const exact = Math.floor(count / 2);
  const ratio = div(cast(max(distance, 1), { to: "f32" }), exact);
  const share = div(log(ratio), Math.log(furthest / exact));
  const grown = add(cast(mul(share, count - exact), { to: "i64" }), exact);
  return where(less(distance, exact), distance, min(grown, count - 1));
}
