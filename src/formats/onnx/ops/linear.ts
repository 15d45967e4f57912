import { isAbsent } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { add } from "../../../ops/add.ts";
import { det } from "../../../ops/det.ts";
import { div } from "../../../ops/div.ts";
import { matmul } from "../../../ops/matmul.ts";
import { matmulInteger } from "../../../ops/matmul-integer.ts";
import { mul } from "../../../ops/mul.ts";
import { quantizeLinear } from "../../../ops/quantize-linear.ts";
import { sub } from "../../../ops/sub.ts";
import { operandShape } from "../../../ops/tensor-operand.ts";
import { transpose } from "../../../ops/transpose.ts";
import { unsqueeze } from "../../../ops/unsqueeze.ts";
import { isFloat } from "../../../tensor/dtype.ts";
import type { OnnxNode } from "../node.ts";
import type { OnnxInputs } from "../onnx-op.ts";
import { onnxOps } from "../onnx-op.ts";
import { einsum } from "./einsum.ts";
import { castTo, constantLike, dtypeOf } from "./precision.ts";

export const linear = onnxOps({
  Det: ([x]) => det(x),
  Einsum: (inputs, node) => einsum(inputs, node),
  Gemm: {
    1: (inputs, node) => {
      node.ignore("broadcast");
      return gemm(inputs, node);
    },
    7: gemm,
  },
  MatMul: ([a, b]) => matmul(a, b),
  MatMulInteger: ([a, b, aZero, bZero]) => matmulInteger(a, b, aZero, bZero),
  QLinearMatMul: (inputs) => qLinearMatmul(inputs),
});

/** alpha · A' B' + beta · C. */
export function gemm([a, b, c]: OnnxInputs, node: OnnxNode): Value {
  const flip = (x: Value, flag: boolean): Value => (flag ? transpose(x, { permutation: [1, 0] }) : x);
  const left = flip(a, node.flag("transA", false));
  const product = scaled(matmul(left, flip(b, node.flag("transB", false))), node.float("alpha", 1));
  const beta = node.float("beta", 1);
  return isAbsent(c) || beta === 0 ? product : add(product, scaled(c, beta));
}

/** The factor is a float also where the matrices are integers: those go through f64. */
function scaled(x: Value, factor: number): Value {
  if (factor === 1) return x;
  const dtype = dtypeOf(x);
  return isFloat(dtype) ? mul(x, factor) : castTo(mul(castTo(x, "f64"), factor), dtype);
}

/** The exact integer product (8-bit floats: in f32) times aScale · bScale / yScale, rounded to even before the zero point is added. */
function qLinearMatmul([a, aScale, aZero, b, bScale, bZero, yScale, yZero]: OnnxInputs): Value {
  const to = isAbsent(yZero) ? dtypeOf(a) : dtypeOf(yZero);
  const [rows, columns, steps] = [aScale, bScale, yScale].map((scale) => castTo(scale, "f32")) as [Value, Value, Value];
  const factor = div(mul(perRow(rows, a), columns), perRow(steps, a));
  const scaledProduct = mul(castTo(product(a, aZero, b, bZero), "f32"), factor);
  return quantizeLinear(scaledProduct, constantLike(scaledProduct, 1), yZero, { to, axis: -2 });
}

function product(a: Value, aZero: Value, b: Value, bZero: Value): Value {
  if (!isFloat(dtypeOf(a))) return matmulInteger(a, b, aZero, bZero);
  const less = (x: Value, zero: Value): Value => {
    const wide = castTo(x, "f32");
    return isAbsent(zero) ? wide : sub(wide, castTo(zero, "f32"));
  };
  return matmul(less(a, isAbsent(aZero) ? aZero : perRow(aZero, a)), less(b, bZero));
}

/** A vector with one entry a row of the matrix becomes a column, so that it broadcasts along rows. */
function perRow(parameter: Value, matrix: Value): Value {
  const isVector = operandShape(parameter, "a scale or zero point")?.length === 1;
  return isVector && (operandShape(matrix, "a")?.length ?? 2) > 1 ? unsqueeze(parameter, [1]) : parameter;
}
