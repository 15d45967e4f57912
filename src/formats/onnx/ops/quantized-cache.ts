import { isAbsent } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { add } from "../../../ops/add.ts";
import { clip } from "../../../ops/clip.ts";
import { div } from "../../../ops/div.ts";
import { mul } from "../../../ops/mul.ts";
import { round } from "../../../ops/round.ts";
import { slice } from "../../../ops/slice.ts";
import { sub } from "../../../ops/sub.ts";
import { unpack } from "../../../ops/unpack.ts";
import type { DType } from "../../../tensor/dtype.ts";
import { FormatError } from "../../../tensor/errors.ts";
import type { OnnxNode } from "../node.ts";
import { castTo, dtypeOf } from "./precision.ts";

/** How keys or values go into a cache and come out of it. */
export interface CacheCodec {
  readonly store: (x: Value) => Value;
  readonly load: (cache: Value) => Value;
}

const plain: CacheCodec = { store: (x) => x, load: (cache) => cache };

/**
 * A cache of integers of 8 bits in steps of a scale, one for all or one for each channel, or of 4 bits and 8 more than they mean,
 * two to a byte; of the numbers themselves where the node asks for none.
 */
export function cacheCodec(node: OnnxNode, name: "k" | "v", scale: Value | undefined, dtype: DType): CacheCodec {
  const kind = node.choice(`${name}_quant_type`, ["NONE", "PER_TENSOR", "PER_CHANNEL"], "NONE");
  const bits = node.int("kv_cache_bit_width", 8);
  if (kind === "NONE" || scale === undefined || isAbsent(scale)) return plain;
  if (bits !== 8 && bits !== 4)
    throw new FormatError(`the attribute "kv_cache_bit_width" must be 8 or 4, got ${bits}.`);
  const most = 2 ** (bits - 1);
  const steps = (x: Value): Value => clip(round(div(castTo(x, dtypeOf(scale)), scale)), -most, most - 1);
  const numbers = (x: Value): Value => castTo(mul(castTo(x, dtypeOf(scale)), scale), dtype);
  if (bits === 8) return { store: (x) => castTo(steps(x), "i8"), load: numbers };
  return {
    store: (x) => packPairs(add(steps(x), most)),
    load: (cache) => numbers(sub(castTo(unpack(cache, { to: "u4" }), dtypeOf(scale)), most)),
  };
}

/** Neighbours of the last axis in one byte, the first in its low bits. */
function packPairs(x: Value): Value {
  const every = (start: number): Value => slice(x, [start], [Number.MAX_SAFE_INTEGER], [-1], [2]);
  return castTo(add(every(0), mul(every(1), 16)), "u8");
}
