import type { Value } from "../../../graph/value.ts";
import { conv } from "../../../ops/conv.ts";
import { convInteger } from "../../../ops/conv-integer.ts";
import { convTranspose } from "../../../ops/conv-transpose.ts";
import { onnxOps } from "../onnx-op.ts";
import { kernelOfWeights, windowAttributes } from "./window-attributes.ts";

export const convolution = onnxOps({
  Conv: ([x, w, bias], node) =>
    conv(x, w, bias, { ...windowAttributes(node, x, kernelOfWeights(node, w)), group: node.int("group", 1) }),
  ConvInteger: ([x, w, xZeroPoint, wZeroPoint], node) => {
    const attributes = { ...windowAttributes(node, x, kernelOfWeights(node, w)), group: node.int("group", 1) };
    return convInteger(x, w, xZeroPoint, wZeroPoint, attributes);
  },
  ConvTranspose: ([x, w, bias], node) => {
    kernelOfWeights(node, w);
    return convTranspose(x, w, bias, {
      ...windowAttributes(node, x, undefined),
      group: node.int("group", 1),
      outputPadding: node.ints("output_padding"),
      outputShape: spatialOf(node.ints("output_shape"), w),
    });
  },
});

/** output_shape holds the spatial sizes; some writers put batch and channels before them. */
function spatialOf(outputShape: readonly number[] | undefined, w: Value): readonly number[] | undefined {
  if (outputShape === undefined || outputShape.length === 0) return undefined;
  const rank = w.type.kind === "tensor" ? w.type.shape?.length : undefined;
  return rank !== undefined && outputShape.length === rank ? outputShape.slice(2) : outputShape;
}
