import type { Value } from "../../../graph/value.ts";
import { conv } from "../../../ops/conv.ts";
import { convInteger } from "../../../ops/conv-integer.ts";
import { convTranspose } from "../../../ops/conv-transpose.ts";
import { deformConv } from "../../../ops/deform-conv.ts";
import { onnxOps } from "../onnx-op.ts";
import { convAttributes, qLinearConv } from "./quantized-convolution.ts";
import { kernelOfWeights, windowAttributes } from "./window-attributes.ts";

export const convolution = onnxOps({
  Conv: ([x, w, bias], node) => conv(x, w, bias, convAttributes(node, x, w)),
  ConvInteger: ([x, w, xZero, wZero], node) => convInteger(x, w, xZero, wZero, convAttributes(node, x, w)),
  ConvTranspose: ([x, w, bias], node) => {
    kernelOfWeights(node, w);
    return convTranspose(x, w, bias, {
      ...windowAttributes(node, x, undefined),
      group: node.int("group", 1),
      outputPadding: node.ints("output_padding"),
      outputShape: spatialOf(node.ints("output_shape"), w),
    });
  },
  DeformConv: ([x, w, offset, bias, mask], node) => {
    const { strides, dilations, pads } = windowAttributes(node, x, kernelOfWeights(node, w));
    const groups = { group: node.int("group", 1), offsetGroup: node.int("offset_group", 1) };
    return deformConv(x, w, offset, bias, mask, { strides, dilations, pads, ...groups });
  },
  QLinearConv: qLinearConv,
});

/** output_shape holds the spatial sizes; some writers put batch and channels before them. */
function spatialOf(outputShape: readonly number[] | undefined, w: Value): readonly number[] | undefined {
  if (outputShape === undefined || outputShape.length === 0) return undefined;
  const rank = w.type.kind === "tensor" ? w.type.shape?.length : undefined;
  return rank !== undefined && outputShape.length === rank ? outputShape.slice(2) : outputShape;
}
