import { knownDims } from "../../../graph/known-dims.ts";
import type { Value } from "../../../graph/value.ts";
import { expand } from "../../../ops/expand.ts";
import { max } from "../../../ops/max.ts";
import { pad } from "../../../ops/pad.ts";
import { sub } from "../../../ops/sub.ts";
import { tensorScatter } from "../../../ops/tensor-scatter.ts";
import { joinSizes, reshapeTo, sizeOf } from "../shape-values.ts";
import { castTo } from "./precision.ts";

/**
 * A cache [batch, heads, capacity, size] with the entries of `now` written from place `start` on: one for all, or one for each of
 * the batch. Where `total` is given and beyond the capacity, the cache is made that long first.
 */
export function writeCache(cache: Value, now: Value, start: Value, total?: Value): Value {
  const starts = expand(reshapeTo(castTo(start, "i64"), [-1]), sizeOf(now, 0));
  const long = total === undefined ? cache : lengthened(cache, 2, total);
  return tensorScatter(long, now, starts, { axis: 2 });
}

/** x with zeros after its end along an axis, up to `length` (an integer) where it is shorter. */
export function lengthened(x: Value, axis: number, length: Value): Value {
  const held = sizeOf(x, axis);
  const missing = sub(max(held, reshapeTo(castTo(length, "i64"), [1])), held);
  if (knownDims(missing)?.[0] === 0) return x;
  return pad(x, joinSizes([0], missing), undefined, [axis], { mode: "constant" });
}
