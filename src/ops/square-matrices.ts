import type { TensorType } from "../graph/type.ts";
import { formatType } from "../graph/type.ts";
import { ShapeError } from "../tensor/errors.ts";

/** Throws ShapeError unless the last two axes can be square matrices. */
export function checkSquare(type: TensorType, name: string): void {
  if (type.shape === undefined) return;
  const [rows, columns] = type.shape.slice(-2);
  const isSquare = rows === columns || typeof rows !== "number" || typeof columns !== "number";
  if (type.shape.length >= 2 && isSquare) return;
  throw new ShapeError(`${name} must end in square matrices, got ${formatType(type)}.`);
}

/** Exchanges rows i and j of an n-by-n matrix. */
export function swapRows(matrix: Float64Array, n: number, i: number, j: number): void {
  if (i === j) return;
  const row = matrix.slice(i * n, (i + 1) * n);
  matrix.copyWithin(i * n, j * n, (j + 1) * n);
  matrix.set(row, j * n);
}

/** The row, from `column` on, with the entry of the largest magnitude in that column. */
export function pivotRow(matrix: Float64Array, n: number, column: number): number {
  let pivot = column;
  for (let row = column + 1; row < n; row++)
    if (Math.abs(matrix[row * n + column]!) > Math.abs(matrix[pivot * n + column]!)) pivot = row;
  return pivot;
}
