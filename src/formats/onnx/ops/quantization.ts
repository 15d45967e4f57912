import { constant, isAbsent } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { clip } from "../../../ops/clip.ts";
import { dequantizeLinear } from "../../../ops/dequantize-linear.ts";
import { div } from "../../../ops/div.ts";
import { equal } from "../../../ops/equal.ts";
import { max } from "../../../ops/max.ts";
import { min } from "../../../ops/min.ts";
import { neg } from "../../../ops/neg.ts";
import type { QuantizationAttributes } from "../../../ops/quantization.ts";
import { quantizeLinear } from "../../../ops/quantize-linear.ts";
import { reduceMax } from "../../../ops/reduce-max.ts";
import { reduceMin } from "../../../ops/reduce-min.ts";
import { round } from "../../../ops/round.ts";
import { sub } from "../../../ops/sub.ts";
import { operandShape } from "../../../ops/tensor-operand.ts";
import { where } from "../../../ops/where.ts";
import type { DType } from "../../../tensor/dtype.ts";
import { scalar } from "../../../tensor/numbers.ts";
import type { OnnxNode } from "../node.ts";
import type { OnnxMapping } from "../onnx-op.ts";
import { onnxOps } from "../onnx-op.ts";
import { dtypeAttribute } from "./dtype-attribute.ts";
import { castTo, constantLike, dtypeOf } from "./precision.ts";

const QuantizeLinear: OnnxMapping = ([x, scale, zeroPoint], node) => {
  const outputDType = dtypeAttribute(node, "output_dtype") ?? "u8";
  const to = isAbsent(zeroPoint) ? outputDType : dtypeOf(zeroPoint);
  const precision = dtypeAttribute(node, "precision");
  const saturate = node.flag("saturate", true);
  return quantizeLinear(x, scale, zeroPoint, {
    ...layoutOf(scale, node),
    to,
    ...(precision !== undefined && { precision }),
    ...(to.startsWith("f8") && !saturate && { saturate }),
  });
};

const DequantizeLinear: OnnxMapping = ([x, scale, zeroPoint], node) => {
  const to = dtypeAttribute(node, "output_dtype");
  return dequantizeLinear(x, scale, zeroPoint, { ...layoutOf(scale, node), ...(to !== undefined && { to }) });
};

/** Of both domains: the contrib operators of these names mean the same, and came first for 4- and 16-bit integers. */
export const quantizationOps = { DequantizeLinear, QuantizeLinear };

export const quantization = onnxOps({
  ...quantizationOps,
  DynamicQuantizeLinear: ([x]) => dynamicQuantize(x),
});

/** Axis and block size, where the scale is not a single number. */
function layoutOf(scale: Value, node: OnnxNode): QuantizationAttributes {
  const axis = node.int("axis", 1);
  const blockSize = node.int("block_size", 0);
  if (operandShape(scale, "scale")?.every((dim) => dim === 1)) return {};
  return blockSize > 0 ? { axis, blockSize } : { axis };
}

/** Elements less their zero point, as whole f32. */
export function centred(x: Value, zeroPoint: Value): Value {
  const wide = castTo(x, "f32");
  return isAbsent(zeroPoint) ? wide : sub(wide, castTo(zeroPoint, "f32"));
}

/** Rounded to whole numbers, halves to even, and kept within the range of an integer dtype. */
export const roundedTo = (x: Value, to: DType): Value => quantizeLinear(x, constantLike(x, 1), undefined, { to });

/** To u8 over the range of x, stretched to hold 0, all in x's float dtype: y, scale and zero point. */
export function dynamicQuantize(x: Value): [y: Value, scale: Value, zeroPoint: Value] {
  const least = min(reduceMin(x, { keepDims: false }), 0);
  const extent = sub(max(reduceMax(x, { keepDims: false }), 0), least);
  const one = constant(scalar(dtypeOf(x), 1));
  const scale = where(equal(extent, 0), one, div(extent, 255));
  const zeroPoint = castTo(round(clip(neg(div(least, scale)), 0, 255)), "u8");
  return [quantizeLinear(x, scale, zeroPoint, { to: "u8" }), scale, zeroPoint];
}
