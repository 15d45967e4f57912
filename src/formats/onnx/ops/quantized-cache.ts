import { isAbsent } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { clip } from "../../../ops/clip.ts";
import { div } from "../../../ops/div.ts";
import { mul } from "../../../ops/mul.ts";
import { round } from "../../../ops/round.ts";
import type { DType } from "../../../tensor/dtype.ts";
import { UnsupportedError } from "../../../tensor/errors.ts";
import type { OnnxNode } from "../node.ts";
import { castTo, dtypeOf } from "./precision.ts";

/** How keys or values go into a cache and come out of it. */
export interface CacheCodec {
  readonly store: (x: Value) => Value;
  readonly load: (cache: Value) => Value;
}

const plain: CacheCodec = { store: (x) => x, load: (cache) => cache };

/** A cache of 8-bit integers in steps of a scale, one for all or one for each channel; of the numbers themselves where the node asks for none. */
export function cacheCodec(node: OnnxNode, name: "k" | "v", scale: Value | undefined, dtype: DType): CacheCodec {
  const kind = node.choice(`${name}_quant_type`, ["NONE", "PER_TENSOR", "PER_CHANNEL"], "NONE");
  const bits = node.int("kv_cache_bit_width", 8);
  if (kind === "NONE" || scale === undefined || isAbsent(scale)) return plain;
  if (bits !== 8) {
    throw new UnsupportedError(
      `a cache of ${bits} bits is not supported here; export the model with kv_cache_bit_width 8.`,
    );
  }
  return {
    store: (x) => castTo(clip(round(div(castTo(x, "f32"), scale)), -128, 127), "i8"),
    load: (cache) => castTo(mul(castTo(cache, dtypeOf(scale)), scale), dtype),
  };
}
