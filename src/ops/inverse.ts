import { tensorType } from "../graph/type.ts";
import { ShapeError } from "../tensor/errors.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import { requireDType } from "./dtype-class.ts";
import { op } from "./op.ts";
import { checkSquare, pivotRow, swapRows } from "./square-matrices.ts";
import { tensorOperand } from "./tensor-operand.ts";

/** The inverse of each square matrix in the last two axes, computed in f64. Throws ShapeError for one that has none. */
export const inverse = op("inverse", ["x"], {
  infer([x]) {
    const type = tensorOperand(x, "x");
    requireDType(type.dtype, "float", "x");
    checkSquare(type, "x");
    return tensorType(type.dtype, type.shape);
  },
  eval([x]) {
    const n = x.shape[x.shape.length - 1]!;
    const source = numbers(x);
    const result = new Float64Array(source.length);
    for (let at = 0; at < source.length; at += n * n) {
      result.set(invert(Float64Array.from(source.subarray(at, at + n * n)), n), at);
    }
    return fromNumbers(x.dtype, x.shape, result);
  },
});

/** Gauss-Jordan elimination with the largest pivot of each column; overwrites the matrix. */
function invert(a: Float64Array, n: number): Float64Array {
  const b = new Float64Array(n * n);
  for (let i = 0; i < n; i++) b[i * n + i] = 1;
  for (let column = 0; column < n; column++) {
    const pivot = pivotRow(a, n, column);
    const top = a[pivot * n + column]!;
    if (top === 0 || Number.isNaN(top))
      throw new ShapeError(`a matrix of x is singular: its column ${column} has no pivot.`);
    for (const m of [a, b]) {
      swapRows(m, n, pivot, column);
      for (let j = 0; j < n; j++) m[column * n + j] = m[column * n + j]! / top;
    }
    for (let row = 0; row < n; row++) {
      const factor = a[row * n + column]!;
      if (row === column || factor === 0) continue;
      for (const m of [a, b])
        for (let j = 0; j < n; j++) m[row * n + j] = m[row * n + j]! - factor * m[column * n + j]!;
    }
  }
  return b;
}
