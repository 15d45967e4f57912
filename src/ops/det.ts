import { tensorType } from "../graph/type.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import { requireDType } from "./dtype-class.ts";
import { op } from "./op.ts";
import { checkSquare, pivotRow, swapRows } from "./square-matrices.ts";
import { tensorOperand } from "./tensor-operand.ts";

/** The determinant of each square matrix in the last two axes; 1 for a matrix of no rows. */
export const det = op("det", ["x"], {
  infer([x]) {
    const type = tensorOperand(x, "x");
    requireDType(type.dtype, "float", "x");
    checkSquare(type, "x");
    return tensorType(type.dtype, type.shape?.slice(0, -2));
  },
  eval([x]) {
    const n = x.shape[x.shape.length - 1]!;
    const shape = x.shape.slice(0, -2);
    const count = shape.reduce((a, b) => a * b, 1);
    const source = numbers(x);
    const results = Float64Array.from({ length: count }, (_unused, i) =>
      determinant(Float64Array.from(source.subarray(i * n * n, (i + 1) * n * n)), n),
    );
    return fromNumbers(x.dtype, shape, results);
  },
});

/** By elimination with the largest pivot of each column; overwrites the matrix. */
function determinant(a: Float64Array, n: number): number {
  let product = 1;
  for (let column = 0; column < n; column++) {
    const pivot = pivotRow(a, n, column);
    if (pivot !== column) {
      product = -product;
      swapRows(a, n, pivot, column);
    }
    const top = a[column * n + column]!;
    if (top === 0) return 0;
    product *= top;
    for (let row = column + 1; row < n; row++) eliminate(a, n, row, column, a[row * n + column]! / top);
  }
  return product;
}

function eliminate(a: Float64Array, n: number, row: number, column: number, factor: number): void {
  for (let j = column; j < n; j++) a[row * n + j] = a[row * n + j]! - factor * a[column * n + j]!;
}
