import { isAbsent } from "../graph/leaves.ts";
import type { EvalContext } from "../graph/op.ts";
import { tensorType } from "../graph/type.ts";
import type { Dim } from "../tensor/dim.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount } from "../tensor/tensor.ts";
import type { BlockWeights, BlockWeightsAttributes } from "./block-weights.ts";
import { blockRows, blockWeightsShape } from "./block-weights.ts";
import type { MatrixView } from "./dense-product.ts";
import { denseProduct, evenOffsets } from "./dense-product.ts";
import { requireDType } from "./dtype-class.ts";
import { op } from "./op.ts";
import { operandShape, tensorOperand } from "./tensor-operand.ts";

/**
 * x · Wᵀ + bias, where the rows of W [n, k] are stored in blocks of 2, 4 or 8 bits: see `blockWeightsShape` for packed, scales
 * and zeroPoints. x is [..., k], bias [n], the result [..., n] of x's dtype. `groups` [k or more] names the block whose scale
 * each column takes, for weights in another order than their blocks. Sums are f64 and rounded once.
 */
export const matmulNBits = op("matmulNBits", ["x", "packed", "scales", "zeroPoints?", "bias?", "groups?"], {
  infer([x, packed, scales, zeroPoints, bias], attributes: BlockWeightsAttributes) {
    const { dtype, shape } = tensorOperand(x, "x");
    requireDType(dtype, "float", "x");
    const weights = blockWeightsShape([packed, scales, zeroPoints], attributes, shape?.at(-1), 3);
    if (!isAbsent(bias)) operandShape(bias, "bias", 1);
    return tensorType(dtype, shape && weights && [...shape.slice(0, -1), weights[0] as Dim]);
  },
  eval([x, packed, scales, zeroPoints, bias, groups], attributes: BlockWeightsAttributes, context) {
    const shape = [...x.shape.slice(0, -1), packed.shape[0]!];
    const count = elementCount(shape);
    const target = x.dtype === "f32" ? new Float32Array(count) : new Float64Array(count);
    const weights = { packed, scales, zeroPoints, groups };
    product({ x, weights, bias, target }, attributes, context);
    return fromNumbers(x.dtype, shape, target);
  },
});

const rowsAtOnce = 32;

interface Product {
  readonly x: Tensor;
  readonly weights: BlockWeights;
  readonly bias: Tensor | undefined;
  readonly target: Float32Array | Float64Array;
}

/** A few rows of the weights at a time are written out as numbers. */
function product(
  { x, weights, bias, target }: Product,
  attributes: BlockWeightsAttributes,
  context: EvalContext,
): void {
  const [depth, columns] = [x.shape.at(-1)!, weights.packed.shape[0]!];
  const readRow = blockRows(weights, attributes, depth);
  const [data, count] = [numbers(x), columns === 0 ? 0 : target.length / columns];
  const rows = new Float64Array(rowsAtOnce * depth);
  const [inner, left, right] = [evenOffsets(depth, 1), evenOffsets(count, depth), evenOffsets(count, columns)];
  const plus = bias && { data: numbers(bias), rows: new Int32Array(count) };
  for (let first = 0; first < columns; first += rowsAtOnce) {
    const width = Math.min(rowsAtOnce, columns - first);
    for (let i = 0; i < width; i++) readRow(first + i, rows, i * depth);
    const across = evenOffsets(width, 1);
    const into = (view: Pick<MatrixView, "data" | "rows">): MatrixView => ({ ...view, offset: first, columns: across });
    denseProduct(
      { data, offset: 0, rows: left, columns: inner },
      { data: rows, offset: 0, rows: inner, columns: evenOffsets(width, depth) },
      into({ data: target, rows: right }),
      { plus: plus && into(plus), context },
    );
  }
}
