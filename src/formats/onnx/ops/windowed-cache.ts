import { constant } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { add } from "../../../ops/add.ts";
import { div } from "../../../ops/div.ts";
import { expand } from "../../../ops/expand.ts";
import { gatherElements } from "../../../ops/gather-elements.ts";
import { lessEqual } from "../../../ops/less-equal.ts";
import { min } from "../../../ops/min.ts";
import { mul } from "../../../ops/mul.ts";
import { pad } from "../../../ops/pad.ts";
import { sub } from "../../../ops/sub.ts";
import { unsqueeze } from "../../../ops/unsqueeze.ts";
import { where } from "../../../ops/where.ts";
import { scalar } from "../../../tensor/numbers.ts";
import { joinSizes, sizeOf, sizesOf } from "../shape-values.ts";
import { writeCache } from "./key-value-cache.ts";
import { countUp } from "./padding-mask.ts";

/** How keys and values go into a cache, and what queries then see. */
export interface CacheStep {
  /** All keys (values) that queries of this step may need, and the cache after it. */
  readonly write: (past: Value, now: Value) => { readonly held: Value; readonly present: Value };
  /** The place of the first query among the held keys, one number for each of the batch. */
  readonly offset: Value;
}

/** A cache that has room for all keys: entry b's new ones come at starts[b], zeros from lengths[b] on. */
export const wholeCache = (starts: Value, lengths: Value, total: Value): CacheStep => ({
  offset: starts,
  write: (past, now) => {
    const present = writeCache(past, now, starts, { total, ends: lengths });
    return { held: present, present };
  },
});

/**
 * A cache of a capacity C that holds only the last keys, at least `window` of them, from its first row on: after t keys of a
 * sequence all of them up to C, then t - G·⌈(t - C) / G⌉ with G = C - window + 1. Entry b has starts[b] keys before this step and
 * lengths[b] after it.
 */
export function windowedCache(past: Value, starts: Value, lengths: Value, window: number): CacheStep {
  const capacity = sizeOf(past, 2);
  const [heldBefore, heldAfter] = [starts, lengths].map((count) => heldOf(count, capacity, window)) as [Value, Value];
  const shift = sub(sub(add(heldBefore, lengths), starts), heldAfter);
  return {
    offset: heldBefore,
    write: (cache, now) => {
      const long = pad(cache, joinSizes([0], sizeOf(now, 2)), undefined, [2], { mode: "constant" });
      const held = writeCache(long, now, heldBefore);
      return { held, present: moved(held, shift, capacity) };
    },
  };
}

/** How many keys of a sequence of `count` the cache holds. */
function heldOf(count: Value, capacity: Value, window: number): Value {
  const step = sub(add(capacity, 1), window);
  const beyond = add(sub(count, capacity), sub(step, 1));
  return where(lessEqual(count, capacity), count, sub(count, mul(div(beyond, step), step)));
}

/** Rows [shift[b], shift[b] + count) of x [batch, heads, rows, size]; the last row for those behind it. */
function moved(x: Value, shift: Value, count: Value): Value {
  const last = sub(sizeOf(x, 2), constant(scalar("i64", 1)));
  const rows = min(add(unsqueeze(shift, [1]), countUp(count)), last);
  const shape = joinSizes(sizesOf(x, 0, 2), count, sizesOf(x, 3));
  return gatherElements(x, expand(unsqueeze(rows, [1, 3]), shape), { axis: 2 });
}
