import { formatType, tupleType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import { ShapeError } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { add } from "./add.ts";
import { op } from "./op.ts";
import type { RmsNormAttributes } from "./rms-norm.ts";
import { inferRmsNorm, rmsNorm } from "./rms-norm.ts";
import { tensorOperand } from "./tensor-operand.ts";
import { broadcastsTo } from "./trailing-norm.ts";

/**
 * The pair (rmsNorm(x + residual, scale), x + residual). x and residual have one dtype and one shape; the sum is rounded to that dtype
 * before it is normalised, as it is where the two are operators of their own.
 */
export const addRmsNorm = op("addRmsNorm", ["x", "residual", "scale?"], {
  infer([x, residual, scale], attributes: RmsNormAttributes) {
    requireSameType(x, residual);
    const y = inferRmsNorm(x, scale, attributes);
    return tupleType(y, x.type);
  },
  eval([x, residual, scale], attributes: RmsNormAttributes, context) {
    const sum = add.eval([x, residual], {}, context) as Tensor;
    return [rmsNorm.eval([sum, scale], attributes, context) as Tensor, sum];
  },
});

function requireSameType(x: Value, residual: Value): void {
  const [a, b] = [tensorOperand(x, "x"), tensorOperand(residual, "residual")];
  if (a.dtype === b.dtype && broadcastsTo(a.shape, b.shape) && broadcastsTo(b.shape, a.shape)) return;
  throw new ShapeError(`residual must have the type of x ${formatType(a)}, got ${formatType(b)}.`);
}
