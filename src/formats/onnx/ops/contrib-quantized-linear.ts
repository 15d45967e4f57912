import { isAbsent } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { add } from "../../../ops/add.ts";
import { div } from "../../../ops/div.ts";
import { matmul } from "../../../ops/matmul.ts";
import { matmulInteger } from "../../../ops/matmul-integer.ts";
import { mul } from "../../../ops/mul.ts";
import { quantizeLinear } from "../../../ops/quantize-linear.ts";
import { transpose } from "../../../ops/transpose.ts";
import type { OnnxNode } from "../node.ts";
import type { OnnxInputs } from "../onnx-op.ts";
import { onnxOps } from "../onnx-op.ts";
import { castTo, constantLike, dtypeOf } from "./precision.ts";
import { dynamicQuantize } from "./quantization.ts";

/** Matrix products of com.microsoft on integers that stand for floats. */
export const contribQuantizedLinear = onnxOps(
  {
    DynamicQuantizeMatMul: ([a, b, bScale, bZero, bias]) => {
      const [x, aScale, aZero] = dynamicQuantize(a);
      return integerProduct({ a: x, b, aZero, bZero, aScale, bScale, bias });
    },
    MatMulInteger16: ([a, b]) => {
      const to = dtypeOf(a) === "u16" && dtypeOf(b) === "u16" ? "u32" : "i32";
      return matmul(castTo(a, to), castTo(b, to));
    },
    MatMulIntegerToFloat: ([a, b, aScale, bScale, aZero, bZero, bias]) =>
      integerProduct({ a, b, aZero, bZero, aScale, bScale, bias }),
    QGemm: quantizedGemm,
  },
  "com.microsoft",
);

interface IntegerProduct {
  readonly a: Value;
  readonly b: Value;
  readonly aZero: Value;
  readonly bZero: Value;
  readonly aScale: Value;
  readonly bScale: Value;
  readonly bias: Value;
}

/** The product of the floats that integers stand for: exact sums times aScale · bScale, of one column or all, plus bias. */
export function integerProduct({ a, b, aZero, bZero, aScale, bScale, bias }: IntegerProduct): Value {
  const factor = mul(aScale, bScale);
  const product = mul(castTo(matmulInteger(a, b, aZero, bZero), dtypeOf(factor)), factor);
  return isAbsent(bias) ? product : add(product, bias);
}

/** alpha · A' B' + C with C in steps of alpha · aScale · bScale; floats where there is no scale for the result. */
function quantizedGemm(inputs: OnnxInputs, node: OnnxNode): Value {
  const [a, aScale, aZero, b, bScale, bZero, c, yScale, yZero] = inputs;
  const flip = (x: Value, flag: boolean): Value => (flag ? transpose(x, { permutation: [1, 0] }) : x);
  const [left, right] = [flip(a, node.flag("transA", false)), flip(b, node.flag("transB", false))];
  const product = matmulInteger(left, right, aZero, bZero);
  const sums = castTo(isAbsent(c) ? product : add(product, c), "f32");
  const alpha = node.float("alpha", 1);
  const factor = mul(alpha === 1 ? aScale : mul(aScale, alpha), bScale);
  if (isAbsent(yScale)) return mul(sums, factor);
  const scaled = mul(sums, div(factor, yScale));
  return quantizeLinear(scaled, constantLike(scaled, 1), yZero, { to: isAbsent(yZero) ? dtypeOf(a) : dtypeOf(yZero) });
}
