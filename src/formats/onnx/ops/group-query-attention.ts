import { absent, constant, isAbsent } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { add } from "../../../ops/add.ts";
import type { AttentionAttributes } from "../../../ops/attention.ts";
import { attention } from "../../../ops/attention.ts";
import { equal } from "../../../ops/equal.ts";
import { gather } from "../../../ops/gather.ts";
import { max } from "../../../ops/max.ts";
import { pick } from "../../../ops/pick.ts";
import { rmsNorm } from "../../../ops/rms-norm.ts";
import { rotaryEmbedding } from "../../../ops/rotary-embedding.ts";
import { slice } from "../../../ops/slice.ts";
import { sub } from "../../../ops/sub.ts";
import { operandShape } from "../../../ops/tensor-operand.ts";
import { unsqueeze } from "../../../ops/unsqueeze.ts";
import { where } from "../../../ops/where.ts";
import { FormatError, UnsupportedError } from "../../../tensor/errors.ts";
import { allocate, tensor } from "../../../tensor/tensor.ts";
import type { OnnxNode } from "../node.ts";
import type { OnnxInputs } from "../onnx-op.ts";
import { reshapeTo, sizeOf } from "../shape-values.ts";
import { headCount, headSize, mergeHeads, splitHeads } from "./heads.ts";
import { lengthened } from "./key-value-cache.ts";
import { countUp } from "./padding-mask.ts";
import { castTo, constantLike, dtypeOf } from "./precision.ts";
import { cacheCodec } from "./quantized-cache.ts";
import type { CacheStep } from "./windowed-cache.ts";
import { wholeCache, windowedCache } from "./windowed-cache.ts";

/**
 * Attention of which several heads share keys and values, over a cache that grows or has room for all there will be. Entry b of
 * the batch has seqlens_k[b] + 1 keys after this step; the new ones follow those before. Results: the answer, present keys and
 * values (zeros behind the keys of an entry), and scores where asked for.
 */
export function groupQueryAttention(inputs: OnnxInputs, node: OnnxNode): readonly (Value | undefined)[] {
  const [, , , pastKey, pastValue, lengthsLessOne, total, , , , bias, headSink] = inputs;
  const lengths = add(castTo(lengthsLessOne, "i64"), 1);
  const heads = headCount(node.int("num_heads"), "num_heads");
  const { q: plainQ, k: plainK, v: newV } = headsOf(inputs, heads, node);
  const starts = isAbsent(pastKey) ? undefined : startsOf(lengths, inputs[16] ?? absent, plainQ);
  const [q, newK] = rotated(plainQ, plainK, starts, inputs, node);
  const attributes = settings(q, node);
  const step = starts && cacheStep(inputs, starts, lengths, attributes, node);
  const codecs = { k: cacheCodec(node, "k", inputs[12], dtypeOf(q)), v: cacheCodec(node, "v", inputs[13], dtypeOf(q)) };
  const stored = (past: Value, now: Value) => step?.write(past, now) ?? { held: now, present: now };
  const [k, v] = [stored(pastKey, codecs.k.store(newK)), stored(pastValue, codecs.v.store(newV))];
  const isCausal = attributes.rightWindow !== undefined;
  const mask = isAbsent(bias) ? absent : lengthened(bias, 3, sizeOf(k.held, 2));
  const [offset, ends] = isCausal ? [step?.offset ?? absent, absent] : [absent, lengths];
  const sink = sinkOf(headSink, heads, node);
  const result = attention(q, codecs.k.load(k.held), codecs.v.load(v.held), mask, offset, ends, sink, attributes);
  if (attributes.scores === undefined) return [mergeHeads(result), k.present, v.present];
  const all = reshapeTo(castTo(total, "i64"), [1]);
  const scores = slice(withoutInfinities(pick(result, { index: 1 })), [0], all, [3], undefined);
  return [mergeHeads(pick(result, { index: 0 })), k.present, v.present, scores];
}

/** How this step goes into the cache, which may hold no more than a window needs. */
function cacheStep(
  [, , , pastKey, , , total, , , , bias]: OnnxInputs,
  starts: Value,
  lengths: Value,
  { leftWindow, rightWindow, scores }: AttentionAttributes,
  node: OnnxNode,
): CacheStep {
  if (!node.flag("sliding_window_cache", false)) return wholeCache(starts, lengths, total);
  if (leftWindow === undefined || rightWindow === undefined) {
    throw new FormatError("sliding_window_cache needs a local_window_size above 0, and causal attention.");
  }
  if (!isAbsent(bias) || scores !== undefined) {
    throw new UnsupportedError(
      "attention_bias and output_qk together with sliding_window_cache are not supported here; export the model with sliding_window_cache 0.",
    );
  }
  return windowedCache(pastKey, starts, lengths, leftWindow + 1);
}

/** Scores that are masked are shown as 0. */
const withoutInfinities = (scores: Value): Value =>
  where(equal(scores, Number.NEGATIVE_INFINITY), constantLike(scores, 0), scores);

interface Heads {
  readonly q: Value;
  readonly k: Value;
  readonly v: Value;
}

/** Queries, keys and values as [batch, heads, steps, size], normalised where the node says so. */
function headsOf(inputs: OnnxInputs, heads: number, node: OnnxNode): Heads {
  const [query, key, value] = inputs;
  const kvHeads = headCount(node.int("kv_num_heads"), "kv_num_heads");
  const [q, k, v] = isAbsent(key) ? packedParts(query, heads, kvHeads) : [query, key, value];
  const epsilon = node.float("qk_norm_epsilon", 1e-6);
  const normed = (x: Value, weight: Value | undefined, own: string): Value => {
    const settled = node.float(own, epsilon);
    return weight === undefined || isAbsent(weight) ? x : rmsNorm(x, weight, { axis: -1, epsilon: settled });
  };
  return {
    q: normed(splitHeads(q, heads), inputs[14], "q_norm_epsilon"),
    k: normed(splitHeads(k, kvHeads), inputs[15], "k_norm_epsilon"),
    v: splitHeads(v, kvHeads),
  };
}

function packedParts(x: Value, heads: number, kvHeads: number): [Value, Value, Value] {
  const width = operandShape(x, "query", 3)?.[2];
  if (typeof width !== "number" || width % (heads + 2 * kvHeads) !== 0) {
    throw new UnsupportedError(
      `the packed query must have a size that is known and divisible by ${heads + 2 * kvHeads} heads; export the model with shapes.`,
    );
  }
  const size = width / (heads + 2 * kvHeads);
  const part = (from: number, to: number): Value => slice(x, [from * size], [to * size], [2], undefined);
  return [part(0, heads), part(heads, heads + kvHeads), part(heads + kvHeads, heads + 2 * kvHeads)];
}

/** How many keys each entry of the batch had before: 0 in a first step in which it is shorter than the others. */
function startsOf(lengths: Value, queryLengths: Value, q: Value): Value {
  return isAbsent(queryLengths) ? max(sub(lengths, sizeOf(q, 2)), 0) : sub(lengths, castTo(queryLengths, "i64"));
}

/** Queries and keys turned by the angles of their positions, which are given or go on from `starts`. */
function rotated(q: Value, k: Value, starts: Value | undefined, inputs: OnnxInputs, node: OnnxNode): [Value, Value] {
  const [, , , , , , , cosines, sines, positions] = inputs;
  const interleaved = node.flag("rotary_interleaved", false);
  if (!node.flag("do_rotary", false)) return [q, k];
  if (isAbsent(cosines) || isAbsent(sines))
    throw new FormatError("do_rotary needs the inputs cos_cache and sin_cache.");
  const steps = countUp(sizeOf(q, 2));
  const counted = starts === undefined ? unsqueeze(steps, [0]) : add(unsqueeze(starts, [1]), steps);
  const places = isAbsent(positions) ? counted : positions;
  const [cos, sin] = [cosines, sines].map((table) => unsqueeze(gather(table, places, { axis: 0 }), [1])) as [
    Value,
    Value,
  ];
  return [rotaryEmbedding(q, cos, sin, { interleaved }), rotaryEmbedding(k, cos, sin, { interleaved })];
}

/** A window of n keys counts the query's own. */
function settings(q: Value, node: OnnxNode): AttentionAttributes {
  const [window, softcap, output] = [
    node.int("local_window_size", -1),
    node.float("softcap", 0),
    node.int("qk_output", 0),
  ];
  const stage = output === 1 ? "masked" : "probabilities";
  return {
    scale: node.float("scale", 0) || 1 / Math.sqrt(headSize(q, "query")),
    ...(softcap > 0 && { softcap }),
    ...(window >= 0 && { leftWindow: window - 1 }),
    ...(node.flag("causal", true) && { rightWindow: 0 }),
    ...(node.wants(3) && output !== 0 && { scores: stage }),
  };
}

/** A smooth softmax has one more score of 0 for each head. */
function sinkOf(headSink: Value, heads: number, node: OnnxNode): Value {
  const isSmooth = node.int("smooth_softmax", -1) > 0;
  if (!isAbsent(headSink) || !isSmooth) return headSink;
  return constant(tensor("f32", [heads], allocate("f32", heads)));
}
