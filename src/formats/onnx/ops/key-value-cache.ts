import { knownDims } from "../../../graph/known-dims.ts";
import { absent } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { expand } from "../../../ops/expand.ts";
import { max } from "../../../ops/max.ts";
import { pad } from "../../../ops/pad.ts";
import { sub } from "../../../ops/sub.ts";
import { tensorScatter } from "../../../ops/tensor-scatter.ts";
import { joinSizes, reshapeTo, sizeOf } from "../shape-values.ts";
import { castTo } from "./precision.ts";

/** How long a cache is to be. */
interface CacheLength {
  /** Where this is beyond the capacity, the cache is made that long first. */
  readonly total: Value;
  /** For each of the batch, where its keys end and zeros begin. */
  readonly ends: Value;
}

/**
 * A cache [batch, heads, capacity, size] with the entries of `now` written from place `start` on: one for all, or one for each of
 * the batch.
 */
export function writeCache(cache: Value, now: Value, start: Value, length?: CacheLength): Value {
  const starts = expand(reshapeTo(castTo(start, "i64"), [-1]), sizeOf(now, 0));
  const long = length === undefined ? cache : lengthened(cache, 2, length.total);
  return tensorScatter(long, now, starts, length?.ends ?? absent, { axis: 2 });
}

/** x with zeros after its end along an axis, up to `length` (an integer) where it is shorter. */
export function lengthened(x: Value, axis: number, length: Value): Value {
  const held = sizeOf(x, axis);
  const missing = sub(max(held, reshapeTo(castTo(length, "i64"), [1])), held);
  if (knownDims(missing)?.[0] === 0) return x;
  return pad(x, joinSizes([0], missing), undefined, [axis], { mode: "constant" });
}
