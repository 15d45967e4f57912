import { isAbsent } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { add } from "../../../ops/add.ts";
import { averagePool } from "../../../ops/average-pool.ts";
import { clip } from "../../../ops/clip.ts";
import { conv } from "../../../ops/conv.ts";
import { convTranspose } from "../../../ops/conv-transpose.ts";
import { cropAndResize } from "../../../ops/crop-and-resize.ts";
import { div } from "../../../ops/div.ts";
import { hardSigmoid } from "../../../ops/hard-sigmoid.ts";
import { leakyRelu } from "../../../ops/leaky-relu.ts";
import { maskedMaxPool } from "../../../ops/masked-max-pool.ts";
import { maxPool } from "../../../ops/max-pool.ts";
import { mul } from "../../../ops/mul.ts";
import { quantizeLinear } from "../../../ops/quantize-linear.ts";
import { reduceMean } from "../../../ops/reduce-mean.ts";
import { relu } from "../../../ops/relu.ts";
import { shapeOf } from "../../../ops/shape-of.ts";
import { sigmoid } from "../../../ops/sigmoid.ts";
import { slice } from "../../../ops/slice.ts";
import { sub } from "../../../ops/sub.ts";
import { tanh } from "../../../ops/tanh.ts";
import { transpose } from "../../../ops/transpose.ts";
import { FormatError } from "../../../tensor/errors.ts";
import type { OnnxNode } from "../node.ts";
import type { OnnxInputs } from "../onnx-op.ts";
import { onnxOps } from "../onnx-op.ts";
import { poolAttributes, spatialAxes } from "./pooling.ts";
import { castTo, constantLike, dtypeOf } from "./precision.ts";
import { centred, roundedTo } from "./quantization.ts";
import { convAttributes, qLinearConv } from "./quantized-convolution.ts";
import { rankOf } from "./rank.ts";
import { gridSampleOf } from "./resampling.ts";
import { kernelOfWeights, windowAttributes } from "./window-attributes.ts";

/** Moves the channels from the last axis to the second, applies, and moves them back. */
function channelsFirst(x: Value, isChannelsLast: boolean, apply: (x: Value) => Value): Value {
  if (!isChannelsLast) return apply(x);
  const rank = rankOf(x, "x");
  const spatial = Array.from({ length: rank - 2 }, (_unused, i) => i + 1);
  const y = apply(transpose(x, { permutation: [0, rank - 1, ...spatial] }));
  return transpose(y, { permutation: [0, ...spatial.map((axis) => axis + 1), 1] });
}

/** The activation that an earlier optimiser fused into a node, with its parameters in the order of the operator's attributes. */
function activate(x: Value, node: OnnxNode): Value {
  const [first, second] = node.floats("activation_params") ?? [];
  const name = node.string("activation", "");
  switch (name) {
    case "":
      return x;
    case "Relu":
      return relu(x);
    case "Sigmoid":
      return sigmoid(x);
    case "Tanh":
      return tanh(x);
    case "LeakyRelu":
      return leakyRelu(x, { alpha: first ?? 0.01 });
    case "Clip":
      return clip(x, first, second);
    case "HardSigmoid":
      return hardSigmoid(x, { alpha: first ?? 0.2, beta: second ?? 0.5 });
    default:
      throw new FormatError(
        `attribute "activation" must be one of Relu, Sigmoid, Tanh, LeakyRelu, Clip, HardSigmoid, got "${name}".`,
      );
  }
}

/** activation(conv(x, w) + bias + skip) */
function fusedConv([x, w, bias, skip]: OnnxInputs, node: OnnxNode): Value {
  const y = conv(x, w, bias, convAttributes(node, x, w));
  return activate(isAbsent(skip) ? y : add(y, skip), node);
}

/** Means of quantised elements as integers, which are exact, taken to the scale of the result. */
function qLinearGlobalAveragePool([x, xScale, xZero, yScale, yZero]: OnnxInputs, node: OnnxNode): Value {
  const means = channelsFirst(centred(x, xZero), node.flag("channels_last", false), (first) =>
    reduceMean(first, { axes: spatialAxes(first), keepDims: true }),
  );
  const y = mul(means, div(xScale, yScale));
  return quantizeLinear(y, constantLike(y, 1), yZero, { to: dtypeOf(x) });
}

/** Means of the numbers that elements stand for; the zero point is added before the result is rounded, which matters for halves. */
function qLinearAveragePool([x, xScale, xZero, yScale, yZero]: OnnxInputs, node: OnnxNode): Value {
  const countIncludePad = node.flag("count_include_pad", false);
  const means = channelsFirst(mul(centred(x, xZero), xScale), node.flag("channels_last", false), (first) =>
    averagePool(first, { ...poolAttributes(node, first), countIncludePad }),
  );
  const y = div(means, yScale);
  return roundedTo(isAbsent(yZero) ? y : add(y, castTo(yZero, "f32")), dtypeOf(x));
}

/** The pads come at run time, so the full result is made and then cut. */
function convTransposeWithDynamicPads([x, w, pads, bias]: OnnxInputs, node: OnnxNode): Value {
  kernelOfWeights(node, w);
  const rank = rankOf(w, "w") - 2;
  const axes = Array.from({ length: rank }, (_unused, axis) => axis + 2);
  const { strides, dilations } = windowAttributes(node, x, undefined);
  const sizes = { group: node.int("group", 1), outputPadding: node.ints("output_padding") };
  const full = convTranspose(x, w, bias, { strides, dilations, ...sizes });
  const ends = sub(
    slice(shapeOf(full), [2], [rank + 2], undefined, undefined),
    slice(pads, [rank], [2 * rank], undefined, undefined),
  );
  return slice(full, slice(pads, [0], [rank], undefined, undefined), ends, axes, undefined);
}

export const microsoftVision = onnxOps(
  {
    ConvTransposeWithDynamicPads: convTransposeWithDynamicPads,
    CropAndResize: ([x, rois, batchIndices, cropSize], node) => {
      const mode = node.choice("mode", ["bilinear", "nearest"], "bilinear") === "nearest" ? "nearest" : "linear";
      const extrapolation = node.float("extrapolation_value", 0);
      return cropAndResize(x, rois, batchIndices, cropSize, { mode, extrapolation });
    },
    FusedConv: fusedConv,
    GridSample: gridSampleOf,
    MaxpoolWithMask: ([x, mask], node) => maskedMaxPool(x, mask, poolAttributes(node, x)),
    NhwcConv: ([x, w, bias], node) =>
      channelsFirst(x, true, (first) => conv(first, w, bias, convAttributes(node, first, w))),
    NhwcMaxPool: ([x], node) => channelsFirst(x, true, (first) => maxPool(first, poolAttributes(node, first))),
    QLinearAveragePool: qLinearAveragePool,
    QLinearConv: ([x, xScale, xZero, w, wScale, wZero, yScale, yZero, bias, ...rest], node) =>
      channelsFirst(x, node.flag("channels_last", false), (first) =>
        qLinearConv([first, xScale, xZero, w, wScale, wZero, yScale, yZero, bias, ...rest], node),
      ),
    QLinearGlobalAveragePool: qLinearGlobalAveragePool,
  },
  "com.microsoft",
);
