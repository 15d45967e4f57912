import { isAbsent } from "../graph/leaves.ts";
import { formatType, tensorType } from "../graph/type.ts";
import { ShapeError } from "../tensor/errors.ts";
import { numbers } from "../tensor/numbers.ts";
import { requireDType } from "./dtype-class.ts";
import { expertProduct, expertProductShape } from "./expert-product.ts";
import { op } from "./op.ts";
import { operandShape, tensorOperand } from "./tensor-operand.ts";

/**
 * Rows of x times the weights of the expert that each was given to: y[t, s] = W[experts[t, s]] x[t, s] + bias[experts[t, s]], with
 * x [tokens, slots or 1, depth], weights [experts, columns, depth], experts [tokens, slots], bias [experts, columns].
 */
export const expertLinear = op("expertLinear", ["x", "weights", "experts", "bias?"], {
  infer([x, weights, experts, bias]) {
    const { dtype, shape } = tensorOperand(x, "x");
    requireDType(dtype, "float", "x");
    const table = operandShape(weights, "weights", 3);
    const [depth, wanted] = [shape?.[2], table?.[2]];
    const fits = typeof depth !== "number" || typeof wanted !== "number" || depth === wanted;
    if (tensorOperand(weights, "weights").dtype !== dtype || !fits) {
      throw new ShapeError(
        `weights ${formatType(weights.type)} must have the dtype and the last dim of x ${formatType(x.type)}.`,
      );
    }
    if (!isAbsent(bias)) operandShape(bias, "bias", 2);
    return tensorType(dtype, expertProductShape(x, experts, table?.[1]));
  },
  eval([x, weights, experts, bias]) {
    const [count, columns, depth] = weights.shape as [number, number, number];
    const source = numbers(weights);
    const readRow = (row: number, target: Float64Array, at: number): void =>
      target.set(source.subarray(row * depth, (row + 1) * depth), at);
    return expertProduct(x, experts, { experts: count, columns, readRow }, bias);
  },
});
