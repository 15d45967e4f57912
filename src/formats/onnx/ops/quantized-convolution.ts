import { isAbsent } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { add } from "../../../ops/add.ts";
import { convInteger } from "../../../ops/conv-integer.ts";
import type { ConvAttributes } from "../../../ops/convolve.ts";
import { div } from "../../../ops/div.ts";
import { mul } from "../../../ops/mul.ts";
import { quantizeLinear } from "../../../ops/quantize-linear.ts";
import { operandShape } from "../../../ops/tensor-operand.ts";
import { unsqueeze } from "../../../ops/unsqueeze.ts";
import type { OnnxNode } from "../node.ts";
import type { OnnxInputs } from "../onnx-op.ts";
import { castTo, constantLike, dtypeOf } from "./precision.ts";
import { rankOf } from "./rank.ts";
import { kernelOfWeights, windowAttributes } from "./window-attributes.ts";

/** The window and groups of a convolution node, for x in the order batch, channels, spatial axes. */
export const convAttributes = (node: OnnxNode, x: Value, w: Value): ConvAttributes => ({
  ...windowAttributes(node, x, kernelOfWeights(node, w)),
  group: node.int("group", 1),
});

/**
 * The exact integer convolution times xScale·wScale / yScale in f32, rounded to even before the zero point is added. Scale and zero
 * point of w, and the i32 bias, may have one element an output channel.
 */
export function qLinearConv(
  [x, xScale, xZero, w, wScale, wZero, yScale, yZero, bias]: OnnxInputs,
  node: OnnxNode,
): Value {
  const rank = rankOf(w, "w");
  const sums = convInteger(x, w, xZero, wZero, convAttributes(node, x, w));
  const withBias = isAbsent(bias) ? sums : add(sums, perChannel(bias, rank));
  const factor = div(mul(xScale, perChannel(wScale, rank)), yScale);
  const scaled = mul(castTo(withBias, "f32"), factor);
  return quantizeLinear(scaled, constantLike(scaled, 1), yZero, { to: isAbsent(yZero) ? dtypeOf(x) : dtypeOf(yZero) });
}

/** A vector with one element a channel, so that it broadcasts over the spatial axes; a scalar as it is. */
export function perChannel(vector: Value, rank: number): Value {
  if (operandShape(vector, "a value per channel")?.length !== 1) return vector;
  return unsqueeze(
    vector,
    Array.from({ length: rank - 2 }, (_unused, axis) => axis + 1),
  );
}
