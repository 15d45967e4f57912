import { absent, constant, isAbsent } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { add } from "../../../ops/add.ts";
import { concat } from "../../../ops/concat.ts";
import { gather } from "../../../ops/gather.ts";
import { matmul } from "../../../ops/matmul.ts";
import { slice } from "../../../ops/slice.ts";
import { operandShape } from "../../../ops/tensor-operand.ts";
import { unsqueeze } from "../../../ops/unsqueeze.ts";
import { FormatError, UnsupportedError } from "../../../tensor/errors.ts";
import { scalar } from "../../../tensor/numbers.ts";
import type { OnnxNode } from "../node.ts";
import { onnxOps } from "../onnx-op.ts";
import { sizeOf } from "../shape-values.ts";
import { integerProduct } from "./contrib-quantized-linear.ts";
import { groupQueryAttention } from "./group-query-attention.ts";
import { headCount, mergeHeads, splitHeads } from "./heads.ts";
import { attend, multiHeadAttention } from "./multi-head-attention.ts";

/** Attention of com.microsoft on floats. */
export const contribAttention = onnxOps(
  {
    Attention: ([x, weights, bias, mask, past, attentionBias, pastLength], node) => {
      refuseSharedBuffer(node, pastLength);
      const product = matmul(x, weights);
      const projected = isAbsent(bias) ? product : add(product, bias);
      return selfAttention(projected, weights, { mask, past, attentionBias }, node);
    },
    DecoderMaskedMultiHeadAttention: (inputs, node) => {
      const [query, key, value, mask, attentionBias, pastKey, pastValue, pastLength, , indirection, bias] = inputs;
      node.ignore("past_present_share_buffer", "output_qk");
      const caches = { pastKey, pastValue, pastLength, indirection };
      return multiHeadAttention({ query, key, value, bias, mask, attentionBias, ...caches }, node);
    },
    GroupQueryAttention: groupQueryAttention,
    MultiHeadAttention: (inputs, node) => {
      const [query, key, value, bias, mask, attentionBias, pastKey, pastValue, pastLength, indirection] = inputs;
      const caches = { pastKey, pastValue, pastLength, indirection };
      return multiHeadAttention({ query, key, value, bias, mask, attentionBias, ...caches }, node);
    },
    QAttention: ([x, weights, bias, aScale, bScale, mask, aZero, bZero, past], node) => {
      refuseSharedBuffer(node, absent);
      const projected = integerProduct({ a: x, b: weights, aZero, bZero, aScale, bScale, bias });
      return selfAttention(projected, weights, { mask, past, attentionBias: absent }, node);
    },
  },
  "com.microsoft",
);

interface SelfAttention {
  readonly mask: Value;
  /** Keys and values of earlier steps: [2, batch, heads, past, size]. */
  readonly past: Value;
  readonly attentionBias: Value;
}

/** Attention within x, of which `projected` [batch, steps, …] holds queries, keys and values side by side: the answer, and keys and values with the past ones. */
function selfAttention(
  projected: Value,
  weights: Value,
  { mask, past, attentionBias }: SelfAttention,
  node: OnnxNode,
): readonly Value[] {
  const heads = headCount(node.int("num_heads"), "num_heads");
  const [q, newK, newV] = partsOf(projected, hiddenSizes(weights, node)).map((part) => splitHeads(part, heads)) as [
    Value,
    Value,
    Value,
  ];
  const half = (index: number): Value => gather(past, constant(scalar("i64", index)), { axis: 0 });
  const joined = (now: Value, index: number): Value => (isAbsent(past) ? now : concat([half(index), now], { axis: 2 }));
  const [k, v] = [joined(newK, 0), joined(newV, 1)];
  const length = isAbsent(past) ? absent : sizeOf(past, 3);
  const [y] = attend({ q, k, v, mask, attentionBias, pastLength: length }, node);
  if (!node.wants(1)) return [mergeHeads(y)];
  return [mergeHeads(y), concat([unsqueeze(k, [0]), unsqueeze(v, [0])], { axis: 0 })];
}

/** Slices of the last axis, one after the other. */
export function partsOf(x: Value, sizes: readonly number[]): Value[] {
  let from = 0;
  return sizes.map((size) => {
    const start = from;
    from += size;
    return slice(x, [start], [from], [-1], undefined);
  });
}

/** How many columns of the weights are for queries, keys and values. */
function hiddenSizes(weights: Value, node: OnnxNode): readonly number[] {
  const given = node.ints("qkv_hidden_sizes", []);
  if (given.length === 3) return given;
  if (given.length > 0) {
    throw new FormatError(`the attribute "qkv_hidden_sizes" must have 3 sizes, got [${given.join(", ")}].`);
  }
  const columns = operandShape(weights, "weights", 2)?.[1];
  if (typeof columns === "number" && columns % 3 === 0) return [columns / 3, columns / 3, columns / 3];
  throw new UnsupportedError(
    `the number of columns of the weights is ${typeof columns === "number" ? `${columns}, not a multiple of 3` : "not known before the model runs"}; give the node "qkv_hidden_sizes".`,
  );
}

function refuseSharedBuffer(node: OnnxNode, pastLength: Value): void {
  node.ignore("rotary_embedding_dim");
  if (node.flag("past_present_share_buffer", false) || !isAbsent(pastLength)) {
    throw new UnsupportedError(
      "keys and values of the past in a buffer that present ones share are not supported here; export the model with past_present_share_buffer 0.",
    );
  }
  if (node.flag("do_rotary", false)) {
    throw new UnsupportedError("do_rotary is not supported here; export the model with RotaryEmbedding nodes.");
  }
}
