import { formatType, tensorType } from "../graph/type.ts";
import type { DType } from "../tensor/dtype.ts";
import { ShapeError } from "../tensor/errors.ts";
import { fromNumbers } from "../tensor/numbers.ts";
import { op } from "./op.ts";
import { tensorOperand } from "./tensor-operand.ts";

type EyeLikeAttributes = {
  /** The diagonal: 0 the main one, above it for positive numbers. */
  readonly k: number;
  readonly dtype: DType;
};

/** Ones on a diagonal, zeros elsewhere, in the shape of the matrix x (square when x is a vector). */
export const eyeLike = op("eyeLike", ["x"], {
  infer([x], { dtype }: EyeLikeAttributes) {
    const { shape } = tensorOperand(x, "x");
    if (shape === undefined) return tensorType(dtype, undefined);
    const [rows, columns = rows, ...others] = shape;
    if (rows === undefined || columns === undefined || others.length > 0) {
      throw new ShapeError(`x must be a matrix or a vector, got ${formatType(x.type)}.`);
    }
    return tensorType(dtype, [rows, columns]);
  },
  eval([x], { k, dtype }: EyeLikeAttributes) {
    const [rows = 0, columns = rows] = x.shape;
    const values = new Uint8Array(rows * columns);
    for (let i = Math.max(0, -k); i < rows && i + k < columns; i++) values[i * columns + i + k] = 1;
    return fromNumbers(dtype, [rows, columns], values);
  },
});
