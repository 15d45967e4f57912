import type { Value } from "../../../graph/value.ts";
import { add } from "../../../ops/add.ts";
import { dequantizeLinear } from "../../../ops/dequantize-linear.ts";
import { leakyRelu } from "../../../ops/leaky-relu.ts";
import { mul } from "../../../ops/mul.ts";
import { quantizeLinear } from "../../../ops/quantize-linear.ts";
import { sigmoid } from "../../../ops/sigmoid.ts";
import { where } from "../../../ops/where.ts";
import type { OnnxMapping } from "../onnx-op.ts";
import { onnxOps } from "../onnx-op.ts";
import { dtypeOf } from "./precision.ts";
import { quantizationOps } from "./quantization.ts";

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

/** Elementwise operators of com.microsoft on quantised tensors: computed on the numbers that those stand for. */
export const contribQuantization = onnxOps(
  {
    ...quantizationOps,
    QLinearAdd: ofTwo(add),
    QLinearLeakyRelu: ofOne((x, node) => leakyRelu(x, { alpha: node.float("alpha", 0.01) })),
    QLinearMul: ofTwo(mul),
    QLinearSigmoid: ofOne(sigmoid),
    QLinearWhere: ([condition, a, aScale, aZero, b, bScale, bZero, yScale, yZero]) => {
      const left = open({ x: a, scale: aScale, zeroPoint: aZero });
      const right = open({ x: b, scale: bScale, zeroPoint: bZero });
      return close(where(condition, left, right), yScale, yZero, a);
    },
  },
  "com.microsoft",
);
