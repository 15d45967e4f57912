import { knownDims } from "../../../graph/known-dims.ts";
import { absent, isAbsent } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { add } from "../../../ops/add.ts";
import type { AttentionAttributes, ScoreStage } from "../../../ops/attention.ts";
import { attention as attentionOp } from "../../../ops/attention.ts";
import { concat } from "../../../ops/concat.ts";
import { pad } from "../../../ops/pad.ts";
import { pick } from "../../../ops/pick.ts";
import { sub } from "../../../ops/sub.ts";
import { operandShape } from "../../../ops/tensor-operand.ts";
import { dimEquals } from "../../../tensor/dim.ts";
import type { OnnxNode } from "../node.ts";
import type { OnnxInputs } from "../onnx-op.ts";
import { onnxOps } from "../onnx-op.ts";
import { joinSizes, sizeOf } from "../shape-values.ts";
import { headCount, headSize, mergeHeads, splitHeads } from "./heads.ts";
import { castTo, constantLike, dtypeOf } from "./precision.ts";
import { rankOf } from "./rank.ts";

export const attention = onnxOps({
  Attention: {
    23: (inputs, node) => mapAttention(inputs, node, inputs[3]),
    24: (inputs, node) => mapAttention(inputs, node, paddedMask(inputs)),
  },
});

const stages: readonly ScoreStage[] = ["raw", "capped", "masked", "probabilities"];

function mapAttention(inputs: OnnxInputs, node: OnnxNode, mask: Value): readonly (Value | undefined)[] {
  node.ignore("softmax_precision");
  const [packedQ, packedK, packedV, , pastK, pastV, lengths] = inputs;
  const isPacked = rankOf(packedQ, "Q") === 3;
  const [qHeads, kvHeads] = [node.int("q_num_heads"), node.int("kv_num_heads")];
  const heads = (x: Value, count: number | undefined, name: string): Value =>
    isPacked ? splitHeads(x, headCount(count, name)) : x;
  const q = heads(packedQ, qHeads, "q_num_heads");
  const k = cached(pastK, heads(packedK, kvHeads, "kv_num_heads"));
  const v = cached(pastV, heads(packedV, kvHeads, "kv_num_heads"));
  const attributes: AttentionAttributes = {
    scale: node.float("scale") ?? 1 / Math.sqrt(headSize(q, "Q")),
    ...settings(node),
  };
  const offset = isAbsent(pastK) ? (isAbsent(lengths) ? absent : sub(lengths, sizeOf(q, 2))) : sizeOf(pastK, 2);
  const isWindowed = attributes.leftWindow !== undefined || attributes.rightWindow !== undefined;
  const value = castTo(v, dtypeOf(q));
  const result = attentionOp(q, k, value, mask, isWindowed ? offset : absent, lengths, absent, attributes);
  const [y, scores] =
    attributes.scores === undefined ? [result] : [pick(result, { index: 0 }), pick(result, { index: 1 })];
  return [isPacked ? mergeHeads(y) : y, k, v, scores];
}

const cached = (past: Value, now: Value): Value => (isAbsent(past) ? now : concat([past, now], { axis: 2 }));

/** The attributes with the meaning of the engine's: causal attention is a window that ends at the query itself. */
function settings(node: OnnxNode): Omit<AttentionAttributes, "scale"> {
  const [softcap, mode] = [node.float("softcap", 0), node.int("qk_matmul_output_mode", 0)];
  const [left, right] =
    node.version < 25 ? [-1, -1] : [node.int("left_window_size", -1), node.int("right_window_size", -1)];
  const isCausal = node.flag("is_causal", false);
  return {
    ...(softcap > 0 && { softcap }),
    ...(left >= 0 && { leftWindow: left }),
    ...((isCausal || right >= 0) && { rightWindow: isCausal ? 0 : right }),
    ...(node.wants(3) && { scores: stages[mode] ?? "raw" }),
  };
}

/** From opset 24 on a mask may be shorter than the keys; those beyond it are masked. */
function paddedMask([, k, , mask, pastK]: OnnxInputs): Value {
  if (isAbsent(mask)) return mask;
  const keys = sizeOf(k, rankOf(k, "K") - 2);
  const total = isAbsent(pastK) ? keys : add(sizeOf(pastK, 2), keys);
  const [held, wanted] = [operandShape(mask, "attn_mask")?.at(-1), knownDims(total)?.[0]];
  if (held !== undefined && wanted !== undefined && dimEquals(held, wanted)) return mask;
  const masked = constantLike(mask, dtypeOf(mask) === "bool" ? 0 : Number.NEGATIVE_INFINITY);
  return pad(mask, joinSizes([0], sub(total, sizeOf(mask, -1))), masked, [-1], { mode: "constant" });
}
