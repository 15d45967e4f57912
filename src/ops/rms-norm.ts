import { isAbsent } from "../graph/leaves.ts";
import type { TensorType } from "../graph/type.ts";
import { formatType, tensorType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import type { DType } from "../tensor/dtype.ts";
import { isFloat } from "../tensor/dtype.ts";
import { ShapeError } from "../tensor/errors.ts";
import { op } from "./op.ts";
import { tensorOperand } from "./tensor-operand.ts";
import type { TrailingNormAttributes } from "./trailing-norm.ts";
import { broadcastsTo, inferTrailingNorm, normalizeRows } from "./trailing-norm.ts";

export type RmsNormAttributes = TrailingNormAttributes & {
  /** The float dtype of the result, where it is another than x's. */
  readonly to?: DType;
};

/**
 * x / √(mean(x²) + epsilon) · scale over the axes from `axis` on. x, scale and the result may be stored in different float dtypes.
 * Squares are summed in f64; one rounding at the end.
 */
export const rmsNorm = op("rmsNorm", ["x", "scale?"], {
  infer: ([x, scale], attributes: RmsNormAttributes) => inferRmsNorm(x, scale, attributes),
  eval: ([x, scale], { axis, epsilon, to }: RmsNormAttributes) =>
    normalizeRows(
      x,
      axis,
      (row, from, count) => {
        let squares = 0;
        for (let i = from; i < from + count; i++) squares += row[i]! ** 2;
        return [0, 1 / Math.sqrt(squares / count + epsilon)];
      },
      scale,
      undefined,
      to,
    ),
});

/** The type of the normalised x. Throws ShapeError unless x and scale are of floats, the axis exists and scale broadcasts to x. */
export function inferRmsNorm(x: Value, scale: Value, attributes: RmsNormAttributes): TensorType {
  const { dtype, shape } = inferTrailingNorm(x, attributes, {});
  const { to = dtype } = attributes;
  if (!isFloat(to)) throw new ShapeError(`the result must be of floats, got ${to}; cast it to that afterwards.`);
  if (!isAbsent(scale)) {
    const parameter = tensorOperand(scale, "scale");
    if (!isFloat(parameter.dtype) || !broadcastsTo(parameter.shape, shape)) {
      throw new ShapeError(
        `scale must be of floats and broadcast to x ${formatType(x.type)}, got ${formatType(parameter)}.`,
      );
    }
  }
  return tensorType(to, shape);
}
