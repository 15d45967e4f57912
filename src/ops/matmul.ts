import type { EvalContext } from "../graph/op.ts";
import { formatType, tensorType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import type { Dim } from "../tensor/dim.ts";
import { broadcastDims, dimToString } from "../tensor/dim.ts";
import { is64BitInteger, isFloat } from "../tensor/dtype.ts";
import { ShapeError } from "../tensor/errors.ts";
import type { NumberArray } from "../tensor/numbers.ts";
import { bigints, fromBigints, fromNumbers, numbers } from "../tensor/numbers.ts";
import { broadcastShapes } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount } from "../tensor/tensor.ts";
import { broadcastIndexes } from "./broadcast-indexes.ts";
import type { ProductOptions } from "./dense-product.ts";
import { denseProduct, evenOffsets } from "./dense-product.ts";
import { requireDType } from "./dtype-class.ts";
import { op } from "./op.ts";
import { tensorOperand } from "./tensor-operand.ts";

/**
 * C[..., i, j] = Σk A[..., i, k] · B[..., k, j], as numpy.matmul: axes before the last two broadcast; a vector is a row on the
 * left and a column on the right, and its axis of 1 is not in the result. Floats are summed in f64 and rounded once; integers are exact and wrap.
 */
export const matmul = op("matmul", ["a", "b"], {
  infer([a, b]) {
    const [ta, tb] = [tensorOperand(a, "a"), tensorOperand(b, "b")];
    requireDType(ta.dtype, "numeric", "a");
    if (ta.dtype !== tb.dtype) {
      throw new ShapeError(`the dtypes differ: a ${formatType(ta)}, b ${formatType(tb)}; cast one of them.`);
    }
    return tensorType(ta.dtype, matmulShape(a, b));
  },
  eval: ([a, b], _attributes, context) => multiply(a, b, context),
});

/** The shape of a matrix product. Throws ShapeError naming both types when they do not fit. */
export function matmulShape(a: Value, b: Value): readonly Dim[] | undefined {
  const [sa, sb] = [tensorOperand(a, "a").shape, tensorOperand(b, "b").shape];
  if (sa?.length === 0 || sb?.length === 0) {
    throw new ShapeError(
      `a scalar has no matrix product: a ${formatType(a.type)}, b ${formatType(b.type)}; multiply it elementwise.`,
    );
  }
  if (sa === undefined || sb === undefined) return undefined;
  const [ka, kb] = [sa[sa.length - 1] as Dim, sb[Math.max(0, sb.length - 2)] as Dim];
  if (typeof ka === "number" && typeof kb === "number" && ka !== kb) {
    throw new ShapeError(
      `the inner dims differ: a ${formatType(a.type)} has k=${dimToString(ka)}, b ${formatType(b.type)} has k=${dimToString(kb)}.`,
    );
  }
  const [m, n] = [sa.length > 1 ? [sa[sa.length - 2] as Dim] : [], sb.length > 1 ? [sb[sb.length - 1] as Dim] : []];
  return [...batchDims(sa.slice(0, -2), sb.slice(0, -2), a, b), ...m, ...n];
}

function batchDims(sa: readonly Dim[], sb: readonly Dim[], a: Value, b: Value): Dim[] {
  const rank = Math.max(sa.length, sb.length);
  return Array.from({ length: rank }, (_unused, i) => {
    const dim = broadcastDims(sa[i - rank + sa.length] ?? 1, sb[i - rank + sb.length] ?? 1);
    if (dim !== undefined) return dim;
    throw new ShapeError(`the batch axes do not broadcast: a ${formatType(a.type)}, b ${formatType(b.type)}.`);
  });
}

/** The extents of a product and where each of its matrices starts. */
export interface MatmulExtents {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** The shape of the result, without the axes that vectors do not have. */
  readonly shape: readonly number[];
  /** Starts of the matrices of a and b, one pair a matrix of the result. */
  readonly starts: readonly (readonly [a: number, b: number])[];
}

/** Throws ShapeError when the shapes do not fit. */
export function matmulExtents(a: readonly number[], b: readonly number[]): MatmulExtents {
  const [ra, rb] = [a.length, b.length];
  const [m, k] = [ra > 1 ? a[ra - 2]! : 1, a[ra - 1]!];
  const [inner, n] = rb > 1 ? [b[rb - 2]!, b[rb - 1]!] : [b[0]!, 1];
  if (ra === 0 || rb === 0 || k !== inner) {
    throw new ShapeError(`a [${a.join(",")}] and b [${b.join(",")}] have no matrix product: the inner dims differ.`);
  }
  const [ba, bb] = [a.slice(0, -2), b.slice(0, -2)];
  const batch = broadcastShapes(ba, bb);
  const [ia, ib] = [broadcastIndexes(ba, batch), broadcastIndexes(bb, batch)];
  const starts = Array.from(ia, (index, i) => [index * m * k, ib[i]! * k * n] as const);
  return { m, n, k, shape: [...batch, ...(ra > 1 ? [m] : []), ...(rb > 1 ? [n] : [])], starts };
}

function multiply(a: Tensor, b: Tensor, context: EvalContext): Tensor {
  const { dtype } = a;
  const extents = matmulExtents(a.shape, b.shape);
  const { shape } = extents;
  const count = elementCount(shape);
  if (is64BitInteger(dtype))
    return fromBigints(dtype, shape, productOfBigints(bigints(a), bigints(b), extents, context));
  if (dtype === "i32" || dtype === "u32") {
    return fromNumbers(dtype, shape, productOfIntegers(numbers(a), numbers(b), extents, context));
  }
  const target =
    dtype === "f32" ? new Float32Array(count) : isFloat(dtype) ? new Float64Array(count) : new Int32Array(count);
  return fromNumbers(dtype, shape, productOfNumbers(numbers(a), numbers(b), target, { ...extents, context }));
}

/** The products of all the matrices, each summed in f64 and rounded (Int32Array: wrapped) once to the target's elements. */
export function productOfNumbers<T extends Float32Array | Float64Array | Int32Array>(
  a: NumberArray,
  b: NumberArray,
  target: T,
  { m, n, k, starts, context }: MatmulExtents & Pick<ProductOptions, "context">,
): T {
  const columns = evenOffsets(n, 1);
  const rowsOf = { a: evenOffsets(m, k), b: evenOffsets(k, n), c: evenOffsets(m, n) };
  const inner = evenOffsets(k, 1);
  starts.forEach(([from, other], i) => {
    denseProduct(
      { data: a, offset: from, rows: rowsOf.a, columns: inner },
      { data: b, offset: other, rows: rowsOf.b, columns },
      { data: target, offset: i * m * n, rows: rowsOf.c, columns },
      { context },
    );
  });
  return target;
}

/** The products modulo 2^32, for integers of which a single product may pass 2^53. */
function productOfIntegers(
  a: NumberArray,
  b: NumberArray,
  { m, n, k, starts }: MatmulExtents,
  context: EvalContext,
): Int32Array {
  const target = new Int32Array(starts.length * m * n);
  starts.forEach(([from, other], matrix) => {
    for (let i = 0; i < m; i++) {
      const row = (matrix * m + i) * n;
      for (let p = 0; p < k; p++) {
        if (p % 64 === 0) context.poll();
        const x = a[from + i * k + p]!;
        for (let j = 0, at = other + p * n; j < n; j++, at++) target[row + j] = target[row + j]! + Math.imul(x, b[at]!);
      }
    }
  });
  return target;
}

type BigArray = BigInt64Array | BigUint64Array;

function productOfBigints(
  a: BigArray,
  b: BigArray,
  { m, n, k, starts }: MatmulExtents,
  context: EvalContext,
): bigint[] {
  const target = new Array<bigint>(starts.length * m * n).fill(0n);
  starts.forEach(([from, other], matrix) => {
    for (let i = 0; i < m; i++) {
      const row = (matrix * m + i) * n;
      for (let p = 0; p < k; p++) {
        if (p % 64 === 0) context.poll();
        const x = a[from + i * k + p]!;
        for (let j = 0, at = other + p * n; j < n; j++, at++) target[row + j] = target[row + j]! + x * b[at]!;
      }
    }
  });
  return target;
}
