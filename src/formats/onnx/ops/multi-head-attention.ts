import { absent, constant, isAbsent } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { add } from "../../../ops/add.ts";
import type { AttentionAttributes } from "../../../ops/attention.ts";
import { attention } from "../../../ops/attention.ts";
import { concat } from "../../../ops/concat.ts";
import { expand } from "../../../ops/expand.ts";
import { gather } from "../../../ops/gather.ts";
import { gatherElements } from "../../../ops/gather-elements.ts";
import { pick } from "../../../ops/pick.ts";
import { shapeOf } from "../../../ops/shape-of.ts";
import { slice } from "../../../ops/slice.ts";
import { operandShape } from "../../../ops/tensor-operand.ts";
import { unsqueeze } from "../../../ops/unsqueeze.ts";
import { FormatError, UnsupportedError } from "../../../tensor/errors.ts";
import { scalar } from "../../../tensor/numbers.ts";
import type { OnnxNode } from "../node.ts";
import { joinSizes, reshapeTo, sizeOf, sizesOf } from "../shape-values.ts";
import { headCount, headSize, mergeHeads, splitHeads } from "./heads.ts";
import { lengthened, writeCache } from "./key-value-cache.ts";
import { maskScores } from "./padding-mask.ts";
import { castTo } from "./precision.ts";
import { rankOf } from "./rank.ts";

/** Inputs of an attention node; any of them but the query may be absent. */
export interface MultiHeadInputs {
  readonly query: Value;
  readonly key: Value;
  readonly value: Value;
  /** Of queries, keys and values, one after the other. */
  readonly bias: Value;
  readonly mask: Value;
  readonly attentionBias: Value;
  readonly pastKey: Value;
  readonly pastValue: Value;
  /** Where given, the past ones are buffers, of which this many entries are in use. */
  readonly pastLength: Value;
  /** For each of the batch, beam and step: the beam that the key of the step came from. */
  readonly indirection: Value;
}

/** The answer [batch, queries, heads · size], present keys and values, and the scores before the softmax. */
export function multiHeadAttention(inputs: MultiHeadInputs, node: OnnxNode): readonly (Value | undefined)[] {
  const heads = headCount(node.int("num_heads"), "num_heads");
  const { q, k: newK, v: newV } = headsOf(inputs, heads);
  const { pastKey, pastValue, pastLength, indirection, mask, attentionBias } = inputs;
  const isBuffer = !isAbsent(pastLength) && !isAbsent(pastKey);
  const joined = (past: Value, now: Value): Value => {
    if (isAbsent(past)) return now;
    return isBuffer ? writeCache(past, now, pastLength) : concat([past, now], { axis: 2 });
  };
  const [k, v] = [joined(pastKey, newK), joined(pastValue, newV)];
  const length = isBuffer ? pastLength : isAbsent(pastKey) ? absent : sizeOf(pastKey, 2);
  const total = isBuffer ? add(reshapeTo(castTo(pastLength, "i64"), [1]), sizeOf(newK, 2)) : undefined;
  const own = isAbsent(indirection)
    ? { k, v }
    : { k: joined(fromBeams(pastKey, indirection), newK), v: joined(fromBeams(pastValue, indirection), newV) };
  const [y, scores] = attend({ q, ...own, mask, attentionBias, pastLength: length, total }, node, 3);
  const shown = scores && total ? slice(scores, [0], total, [3], undefined) : scores;
  return [mergeHeads(y), k, v, shown];
}

interface Heads {
  readonly q: Value;
  readonly k: Value;
  readonly v: Value;
}

/** Queries, keys and values as [batch, heads, steps, size], out of any of the layouts in which nodes get them. */
function headsOf({ query, key, value, bias }: MultiHeadInputs, heads: number): Heads {
  const [qs, ks, vs] = separated(query, key, value);
  const isSplit = rankOf(ks, "key") === 4;
  if (isAbsent(bias)) {
    const split = (x: Value): Value => splitHeads(x, heads);
    return { q: split(qs), k: isSplit ? ks : split(ks), v: isSplit ? vs : split(vs) };
  }
  const size = sizeOf(qs, -1);
  const [qBias, kvBias] = [
    sliceFrom(bias, [0], size),
    isSplit ? absent : sliceFrom(bias, size, add(size, sizeOf(ks, -1))),
  ];
  const q = splitHeads(add(qs, qBias), heads);
  if (isSplit) return { q, k: ks, v: vs };
  const vBias = sliceFrom(bias, add(size, sizeOf(ks, -1)), [Number.MAX_SAFE_INTEGER]);
  return { q, k: splitHeads(add(ks, kvBias), heads), v: splitHeads(add(vs, vBias), heads) };
}

const sliceFrom = (x: Value, start: Value | readonly number[], end: Value | readonly number[]): Value =>
  slice(x, start, end, [0], undefined);

/** Packed ones taken apart: query [batch, steps, heads, 3, size] or [batch, steps, 3 · heads · size], key [batch, steps, heads, 2, size]. */
function separated(query: Value, key: Value, value: Value): [Value, Value, Value] {
  if (rankOf(query, "query") === 5) return [0, 1, 2].map((i) => packedPart(query, i)) as [Value, Value, Value];
  if (isAbsent(key)) return thirds(query);
  if (rankOf(key, "key") === 5) return [query, packedPart(key, 0), packedPart(key, 1)];
  if (isAbsent(value)) throw new FormatError("the node has a key but no value.");
  return [query, key, value];
}

/** [batch, steps, heads · size] of the part that axis 3 counts. */
function packedPart(x: Value, index: number): Value {
  const part = gather(x, constant(scalar("i64", index)), { axis: 3 });
  return reshapeTo(part, joinSizes(sizesOf(part, 0, 2), [-1]));
}

function thirds(x: Value): [Value, Value, Value] {
  const width = operandShape(x, "query", 3)?.[2];
  if (typeof width !== "number" || width % 3 !== 0) {
    throw new UnsupportedError("the packed query must have a size that is known and divisible by 3.");
  }
  const third = width / 3;
  return [0, 1, 2].map((i) => slice(x, [i * third], [(i + 1) * third], [2], undefined)) as [Value, Value, Value];
}

/** Past keys or values [batch · beams, heads, steps, size], each step from the beam that it came from. */
function fromBeams(x: Value, indirection: Value): Value {
  if (isAbsent(x)) return x;
  const beams = reshapeTo(x, joinSizes(sizesOf(indirection, 0, 2), sizesOf(x, 1)));
  const held = slice(castTo(indirection, "i64"), [0], sizeOf(x, 2), [2], undefined);
  const indices = expand(unsqueeze(held, [2, 4]), shapeOf(beams));
  return reshapeTo(gatherElements(beams, indices, { axis: 1 }), shapeOf(x));
}

interface Attended extends Heads {
  readonly mask: Value;
  readonly attentionBias: Value;
  /** How many keys come before that of the first query; absent for none. */
  readonly pastLength: Value;
  /** How many keys count, where k and v are buffers for more. */
  readonly total?: Value | undefined;
}

/**
 * The attention with the settings that nodes of com.microsoft share: [batch, heads, queries, size]; and the scores before the
 * softmax where the node asks for output `scoresAt`.
 */
export function attend(
  { q, k, v, mask, attentionBias, pastLength, total }: Attended,
  node: OnnxNode,
  scoresAt?: number,
): [Value, Value | undefined] {
  const past = isAbsent(pastLength) ? constant(scalar("i64", 0)) : pastLength;
  const isCausal = node.flag("unidirectional", false);
  const wantsScores = scoresAt !== undefined && node.wants(scoresAt);
  const attributes: AttentionAttributes = {
    scale: node.float("scale", 0) || 1 / Math.sqrt(headSize(q, "query")),
    ...(isCausal && { rightWindow: 0 }),
    ...(wantsScores && { scores: "masked" as const }),
  };
  const filter = node.float("mask_filter_value", -10000);
  const padding = isAbsent(mask) ? absent : maskScores(mask, { q, k, past }, filter);
  const added = isAbsent(padding) ? attentionBias : isAbsent(attentionBias) ? padding : add(padding, attentionBias);
  const whole = isAbsent(added) || total === undefined ? added : lengthened(added, 3, sizeOf(k, 2));
  const offset = isCausal && !isAbsent(pastLength) ? pastLength : absent;
  const result = attention(q, k, v, whole, offset, total ?? absent, absent, attributes);
  return wantsScores ? [pick(result, { index: 0 }), pick(result, { index: 1 })] : [result, undefined];
}
