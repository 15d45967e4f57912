import { isAbsent } from "../graph/leaves.ts";
import { formatType, tensorType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import type { Dim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import type { NumberArray } from "../tensor/numbers.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount } from "../tensor/tensor.ts";
import { matmulExtents, matmulShape, productOfNumbers } from "./matmul.ts";
import { op } from "./op.ts";
import { tensorOperand } from "./tensor-operand.ts";

/**
 * C = (A - aZero) · (B - bZero) as matmul, of u8 or i8 operands (each may be either), exact in i32 (sums wrap).
 * A zero point is a scalar, or one per row of a (shape [m] or [..., m, 1]) and one per column of b (shape [n] or [..., 1, n]).
 */
export const matmulInteger = op("matmulInteger", ["a", "b", "aZero?", "bZero?"], {
  infer([a, b, aZero, bZero]) {
    for (const [value, name] of [
      [a, "a"],
      [b, "b"],
    ] as const)
      requireBytes(value, name);
    requireZeroPoint(aZero, "aZero", a);
    requireZeroPoint(bZero, "bZero", b);
    requireKnownFit(a, aZero, true);
    requireKnownFit(b, bZero, false);
    return tensorType("i32", matmulShape(a, b));
  },
  eval([a, b, aZero, bZero], _attributes, context) {
    const extents = matmulExtents(a.shape, b.shape);
    const [left, right] = [shifted(a, aZero, extents.k, true), shifted(b, bZero, extents.n, false)];
    const target = new Int32Array(elementCount(extents.shape));
    return fromNumbers("i32", extents.shape, productOfNumbers(left, right, target, { ...extents, context }));
  },
});

function requireBytes(value: Value, name: string): void {
  const type = tensorOperand(value, name);
  if (type.dtype !== "u8" && type.dtype !== "i8") {
    throw new ShapeError(`${name} must be u8 or i8, got ${formatType(type)}; cast it, or use matmul.`);
  }
}

function requireZeroPoint(zero: Value, name: string, of: Value): void {
  if (isAbsent(zero)) return;
  const [type, { dtype }] = [tensorOperand(zero, name), tensorOperand(of, name)];
  if (type.dtype !== dtype) throw new ShapeError(`${name} must be ${dtype} like its operand, got ${formatType(type)}.`);
}

/**
 * The elements less their zero point, which is one for all, one per row, or one per column of the matrices that end in rows of
 * `width`. A zero point per matrix too ([..., m, 1] or [..., 1, n]) has as many entries as there are rows, or columns, in all of them.
 */
function shifted(t: Tensor, zero: Tensor | undefined, width: number, byRow: boolean): NumberArray {
  if (zero === undefined) return numbers(t);
  const [source, zeros] = [numbers(t), numbers(zero)];
  const target = new Int16Array(source.length);
  const height = heightOf(t.shape, byRow);
  requireFit(t.shape, zero.shape, byRow);
  for (let i = 0; i < source.length; i++) {
    const row = Math.floor(i / width);
    const index = byRow ? row : Math.floor(row / height) * width + (i % width);
    target[i] = source[i]! - zeros[index % zeros.length]!;
  }
  return target;
}

/** Rows of a matrix; a vector is a row as the left operand and a column as the right one. */
const heightOf = (shape: readonly number[], byRow: boolean): number =>
  shape.length > 1 ? (shape[shape.length - 2] as number) : byRow ? 1 : (shape[0] ?? 1);

function requireFit(shape: readonly number[], zero: readonly number[], byRow: boolean): void {
  const [count, matrices] = [elementCount(zero), elementCount(shape.slice(0, -2))];
  const columns = shape.length > 1 ? (shape[shape.length - 1] as number) : 1;
  const perMatrix = byRow ? heightOf(shape, byRow) : columns;
  if (count === 1 || count === perMatrix || count === perMatrix * matrices) return;
  throw new ShapeError(
    `a zero point [${zero.join(",")}] does not fit [${shape.join(",")}]: expected 1 element, ${perMatrix}, or ${perMatrix} for each matrix.`,
  );
}

/** The same before there are tensors, where all sizes are known. */
function requireKnownFit(of: Value, zero: Value, byRow: boolean): void {
  if (isAbsent(zero)) return;
  const [shape, zeroShape] = [of, zero].map((value) => tensorOperand(value, "a").shape);
  const isKnown = (list: readonly Dim[] | undefined): list is readonly number[] =>
    list?.every((dim) => typeof dim === "number") ?? false;
  if (isKnown(shape) && isKnown(zeroShape)) requireFit(shape, zeroShape, byRow);
}
