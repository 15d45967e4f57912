import type { Value } from "../../../graph/value.ts";
import { attention } from "../../../ops/attention.ts";
import { matmul } from "../../../ops/matmul.ts";
import { mul } from "../../../ops/mul.ts";
import { softmax } from "../../../ops/softmax.ts";
import { transpose } from "../../../ops/transpose.ts";
import { unsqueeze } from "../../../ops/unsqueeze.ts";
import { FormatError } from "../../../tensor/errors.ts";
import type { OnnxNode } from "../node.ts";
import type { OnnxInputs } from "../onnx-op.ts";
import { onnxOps } from "../onnx-op.ts";
import { joinSizes, reshapeTo, sizeOf, sizesOf } from "../shape-values.ts";
import { dtypeAttribute } from "./dtype-attribute.ts";
import { headSize } from "./heads.ts";
import { castTo, dtypeOf, wideDType } from "./precision.ts";

/** Attention whose scores and probabilities go through graphs of the model's own. */
export const flexAttention = onnxOps({ FlexAttention: mapFlexAttention }, "ai.onnx.preview");

function mapFlexAttention([q, k, v]: OnnxInputs, node: OnnxNode): Value {
  const precision = dtypeAttribute(node, "softmax_precision") ?? wideDType(dtypeOf(q));
  const scale = node.float("scale") ?? 1 / Math.sqrt(headSize(q, "Q"));
  if (!node.has("score_mod") && !node.has("prob_mod")) {
    return castTo(
      attention(q, castTo(k, dtypeOf(q)), castTo(v, dtypeOf(q)), undefined, undefined, undefined, undefined, { scale }),
      dtypeOf(v),
    );
  }
  const [query, key, value] = [q, k, v].map((x) => castTo(x, precision)) as [Value, Value, Value];
  const product = groupedProduct(mul(query, scale), transpose(key, { permutation: [0, 1, 3, 2] }));
  const scores = modified(node, "score_mod", product);
  const probabilities = modified(node, "prob_mod", softmax(scores, { axis: 3 }));
  return castTo(groupedProduct(probabilities, value), dtypeOf(v));
}

function modified(node: OnnxNode, name: string, x: Value): Value {
  if (!node.has(name)) return x;
  const [result, ...others] = node.inline(name, [x]);
  if (result !== undefined && others.length === 0) return result;
  throw new FormatError(
    `the graph "${name}" must have one output, it has ${others.length + (result === undefined ? 0 : 1)}.`,
  );
}

/** a [batch, heads, m, k] times b [batch, kvHeads, k, n], neighbouring heads of a sharing one of b: [batch, heads, m, n]. */
function groupedProduct(a: Value, b: Value): Value {
  const groups = reshapeTo(a, joinSizes(sizesOf(b, 0, 2), [-1], sizesOf(a, 2)));
  const product = matmul(groups, unsqueeze(b, [2]));
  return reshapeTo(product, joinSizes(sizesOf(a, 0, 3), sizeOf(b, 3)));
}
