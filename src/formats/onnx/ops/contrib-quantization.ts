import { absent, isAbsent } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { add } from "../../../ops/add.ts";
import { concat } from "../../../ops/concat.ts";
import { dequantizeLinear } from "../../../ops/dequantize-linear.ts";
import { div } from "../../../ops/div.ts";
import { leakyRelu } from "../../../ops/leaky-relu.ts";
import { mul } from "../../../ops/mul.ts";
import { quantizeLinear } from "../../../ops/quantize-linear.ts";
import { reduceMean } from "../../../ops/reduce-mean.ts";
import { sigmoid } from "../../../ops/sigmoid.ts";
import { softmax } from "../../../ops/softmax.ts";
import { where } from "../../../ops/where.ts";
import type { OnnxNode } from "../node.ts";
import type { OnnxInputs, OnnxMapping } from "../onnx-op.ts";
import { onnxOps } from "../onnx-op.ts";
import { requiredAttribute } from "../shape-values.ts";
import { castTo, dtypeOf } from "./precision.ts";
import { centred, quantizationOps, roundedTo } from "./quantization.ts";
import { rankOf, settleAxis } from "./rank.ts";
import { overFlattened } from "./softmax.ts";

/** A quantised tensor with one scale and one zero point, which may be left out. */
interface Quantized {
  readonly x: Value;
  readonly scale: Value;
  readonly zeroPoint: Value;
}

const open = ({ x, scale, zeroPoint }: Quantized): Value => dequantizeLinear(x, scale, zeroPoint);

/** Quantises the result to the dtype of the operands. */
const close = (y: Value, scale: Value, zeroPoint: Value, like: Value): Value =>
  quantizeLinear(y, scale, zeroPoint, { to: dtypeOf(like) });

const ofOne =
  (apply: (x: Value, node: Parameters<OnnxMapping>[1]) => Value): OnnxMapping =>
  ([x, scale, zeroPoint, yScale, yZero], node) =>
    close(apply(open({ x, scale, zeroPoint }), node), yScale, yZero, x);

const ofTwo =
  (apply: (a: Value, b: Value) => Value): OnnxMapping =>
  ([a, aScale, aZero, b, bScale, bZero, yScale, yZero]) => {
    const left = open({ x: a, scale: aScale, zeroPoint: aZero });
    return close(apply(left, open({ x: b, scale: bScale, zeroPoint: bZero })), yScale, yZero, a);
  };

/**
 * The product of two tensors as integers, which is exact, times the ratio of the scales; the zero point is added before the result
 * is rounded, which matters for halves.
 */
const quantizedProduct: OnnxMapping = ([a, aScale, aZero, b, bScale, bZero, yScale, yZero]) => {
  const exact = mul(centred(a, aZero), centred(b, bZero));
  const y = mul(exact, div(mul(aScale, bScale), yScale));
  return roundedTo(isAbsent(yZero) ? y : add(y, castTo(yZero, "f32")), dtypeOf(a));
};

/** Operators of com.microsoft on quantised tensors: computed on the numbers that those stand for. */
export const contribQuantization = onnxOps(
  {
    ...quantizationOps,
    QLinearAdd: ofTwo(add),
    QLinearConcat: quantizedConcat,
    QLinearLeakyRelu: ofOne((x, node) => leakyRelu(x, { alpha: node.float("alpha", 0.01) })),
    QLinearMul: quantizedProduct,
    QLinearReduceMean: ofOne(quantizedMean),
    QLinearSigmoid: ofOne(sigmoid),
    QLinearSoftmax: ofOne((x, node) => {
      const [opset, axis] = [requiredAttribute(node.int("opset"), "opset"), node.int("axis", -1)];
      return opset < 13 ? overFlattened(softmax, x, axis) : softmax(x, { axis: settleAxis(axis, x, "X") });
    }),
    QLinearWhere: ([condition, a, aScale, aZero, b, bScale, bZero, yScale, yZero]) => {
      const left = open({ x: a, scale: aScale, zeroPoint: aZero });
      const right = open({ x: b, scale: bScale, zeroPoint: bZero });
      return close(where(condition, left, right), yScale, yZero, a);
    },
  },
  "com.microsoft",
);

/** The inputs are the scale and zero point of the result, then three for each part: its elements, scale and zero point. */
function quantizedConcat([scale, zeroPoint, ...rest]: OnnxInputs, node: OnnxNode): Value {
  const count = rest.findLastIndex((input) => !isAbsent(input)) + 1;
  const parts = Array.from({ length: Math.ceil(count / 3) }, (_unused, i) => {
    const [x, itsScale, itsZero] = rest.slice(3 * i, 3 * i + 3);
    return close(
      open({ x: x as Value, scale: itsScale as Value, zeroPoint: itsZero ?? absent }),
      scale,
      zeroPoint,
      x as Value,
    );
  });
  const axis = requiredAttribute(node.int("axis"), "axis");
  return concat(parts, { axis: settleAxis(axis, parts[0] as Value, "inputs") });
}

function quantizedMean(x: Value, node: OnnxNode): Value {
  const rank = rankOf(x, "data");
  const axes = node.ints("axes") ?? Array.from({ length: rank }, (_unused, i) => i);
  return reduceMean(x, {
    axes: axes.map((axis) => settleAxis(axis, x, "data")),
    keepDims: node.flag("keepdims", true),
  });
}
