import { isAbsent } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { concat } from "../../../ops/concat.ts";
import { conv } from "../../../ops/conv.ts";
import { expand } from "../../../ops/expand.ts";
import { gather } from "../../../ops/gather.ts";
import { linearAttention as linearAttentionOp } from "../../../ops/linear-attention.ts";
import { mul } from "../../../ops/mul.ts";
import { pad } from "../../../ops/pad.ts";
import { pick } from "../../../ops/pick.ts";
import { rotaryEmbedding as rotaryEmbeddingOp } from "../../../ops/rotary-embedding.ts";
import { shapeOf } from "../../../ops/shape-of.ts";
import { silu } from "../../../ops/silu.ts";
import { slice } from "../../../ops/slice.ts";
import { operandShape } from "../../../ops/tensor-operand.ts";
import { unsqueeze } from "../../../ops/unsqueeze.ts";
import { FormatError, UnsupportedError } from "../../../tensor/errors.ts";
import type { OnnxNode } from "../node.ts";
import type { OnnxInputs } from "../onnx-op.ts";
import { onnxOps } from "../onnx-op.ts";
import { joinSizes, reshapeTo, sizeOf, sizesOf } from "../shape-values.ts";
import { headCount, headSize, mergeHeads, splitHeads } from "./heads.ts";
import { constantLike } from "./precision.ts";
import { rankOf } from "./rank.ts";

/** The parts of language models beside attention. */
export const transformers = onnxOps({
  CausalConvWithState: causalConvolution,
  LinearAttention: linearAttention,
  RotaryEmbedding: ([x, cos, sin, positions], node) => rotaryEmbedding(x, cos, sin, positions, node),
  SwiGLU: ([a, b], node) => {
    const alpha = node.float("alpha", 1);
    return mul(alpha === 1 ? silu(a) : silu(a, { alpha }), b);
  },
});

/** Angles come as rows [batch, steps, pairs], or as a table of which `positions` picks rows. The dim to be rotated is twice their pairs. */
function rotaryEmbedding(x: Value, cos: Value, sin: Value, positions: Value, node: OnnxNode): Value {
  node.ignore("rotary_embedding_dim");
  const interleaved = node.flag("interleaved", false);
  const rows = (table: Value): Value => (isAbsent(positions) ? table : gather(table, positions, { axis: 0 }));
  const heads = node.int("num_heads", 0);
  if (rankOf(x, "X") === 4) {
    return rotaryEmbeddingOp(x, unsqueeze(rows(cos), [1]), unsqueeze(rows(sin), [1]), { interleaved });
  }
  const split = reshapeTo(x, joinSizes(sizesOf(x, 0, 2), [headCount(heads, "num_heads"), -1]));
  const rotated = rotaryEmbeddingOp(split, unsqueeze(rows(cos), [2]), unsqueeze(rows(sin), [2]), { interleaved });
  return reshapeTo(rotated, shapeOf(x));
}

export function linearAttention([q, k, v, past, decay, beta]: OnnxInputs, node: OnnxNode): readonly Value[] {
  node.ignore("chunk_size");
  const rule = node.choice("update_rule", ["linear", "gated", "delta", "gated_delta"], "gated_delta");
  requireFit(`decay`, !isAbsent(decay), rule.startsWith("gated"), rule);
  requireFit(`beta`, !isAbsent(beta), rule.endsWith("delta"), rule);
  const [qHeads, kvHeads] = [
    headCount(node.int("q_num_heads"), "q_num_heads"),
    headCount(node.int("kv_num_heads"), "kv_num_heads"),
  ];
  const [query, key, value] = [
    repeatHeads(splitHeads(q, qHeads), Math.max(1, kvHeads / qHeads)),
    splitHeads(k, kvHeads),
    splitHeads(v, kvHeads),
  ];
  const size = joinSizes(sizesOf(key, 0, 2), sizeOf(key, 3), sizeOf(value, 3));
  const state = isAbsent(past) ? expand(constantLike(q, 0), size) : past;
  const scale = node.float("scale", 0) || 1 / Math.sqrt(headSize(query, "query"));
  const perStep = (x: Value, heads: number): Value => (isAbsent(x) ? x : splitHeads(x, heads));
  const rates = perStep(beta, isAbsent(beta) || operandShape(beta, "beta", 3)?.[2] !== 1 ? kvHeads : 1);
  const result = linearAttentionOp(query, key, value, state, perStep(decay, kvHeads), rates, { scale });
  return [mergeHeads(pick(result, { index: 0 })), pick(result, { index: 1 })];
}

function requireFit(name: string, isGiven: boolean, isNeeded: boolean, rule: string): void {
  if (isGiven === isNeeded) return;
  throw new FormatError(
    `update_rule "${rule}" ${isNeeded ? "needs" : "has no"} ${name}, but the node gives ${isGiven ? "one" : "none"}.`,
  );
}

/** Each head `count` times in a row, for more heads of keys than of queries. */
function repeatHeads(x: Value, count: number): Value {
  if (count === 1) return x;
  const repeated = expand(unsqueeze(x, [2]), joinSizes(sizesOf(x, 0, 2), [count], sizesOf(x, 2)));
  return reshapeTo(repeated, joinSizes(sizeOf(x, 0), [-1], sizesOf(x, 2)));
}

/**
 * A depthwise convolution over the past and the present elements of each channel; as many of the last ones as the kernel reaches
 * back are the next past.
 */
export function causalConvolution([x, weight, bias, past]: OnnxInputs, node: OnnxNode): readonly Value[] {
  const activation = node.choice("activation", ["none", "silu", "swish"], "none");
  const [channels, , kernel] = operandShape(weight, "weight", 3) ?? [];
  if (typeof channels !== "number" || typeof kernel !== "number") {
    throw new UnsupportedError("the shape of weight is not known before the model runs; export the model with shapes.");
  }
  const dilation = node.int("dilation", 1);
  const reach = (kernel - 1) * dilation;
  const whole = isAbsent(past)
    ? pad(x, [reach, 0], undefined, [2], { mode: "constant" })
    : concat([past, x], { axis: 2 });
  const y = conv(whole, weight, bias, { group: channels, ...(dilation > 1 && { dilations: [dilation] }) });
  const end = Number.MAX_SAFE_INTEGER;
  const present = slice(whole, [reach === 0 ? end : -reach], [end], [2], undefined);
  return [activation === "none" ? y : silu(y), present];
}
