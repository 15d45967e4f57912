import { knownDims } from "../graph/known-dims.ts";
import { formatType, tensorType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import type { Dim } from "../tensor/dim.ts";
import { dimAtLeast, unknownDim } from "../tensor/dim.ts";
import { dtypes, is64BitInteger } from "../tensor/dtype.ts";
import { ShapeError } from "../tensor/errors.ts";
import { bigints, numbers } from "../tensor/numbers.ts";
import { rowMajorStrides } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { tensor } from "../tensor/tensor.ts";
import { op } from "./op.ts";
import { tensorOperand } from "./tensor-operand.ts";

/** The indices of the elements of x that are not 0 (or false), in row-major order: i64[rank of x, how many]. */
export const nonZero = op("nonZero", ["x"], {
  infer([x]) {
    const { dtype, shape } = tensorOperand(x, "x");
    if (dtype === "string" || dtypes[dtype].kind === "complex") {
      throw new ShapeError(`x must be of real or bool dtype, got ${formatType(x.type)}.`);
    }
    return tensorType("i64", [shape?.length ?? unknownDim, shape?.length === 1 ? knownCount(x) : unknownDim]);
  },
  eval: ([x]) => nonZeroIndices(x),
});

function knownCount(x: Value): Dim {
  let count = 0;
  for (const dim of knownDims(x) ?? [unknownDim]) {
    if (dim === 0) continue;
    if (typeof dim !== "number" && !dimAtLeast(dim, 1)) return unknownDim;
    count++;
  }
  return count;
}

function nonZeroIndices(x: Tensor): Tensor {
  const found = nonZeroPlaces(x);
  const strides = rowMajorStrides(x.shape);
  const data = new BigInt64Array(strides.length * found.length);
  strides.forEach((stride, axis) => {
    const dim = x.shape[axis]!;
    for (let i = 0; i < found.length; i++) data[axis * found.length + i] = BigInt(Math.floor(found[i]! / stride) % dim);
  });
  return tensor("i64", [strides.length, found.length], data);
}

/** The row-major places of the elements that are not 0. */
export function nonZeroPlaces(x: Tensor): number[] {
  const places: number[] = [];
  const [values, zero] = is64BitInteger(x.dtype) ? [bigints(x), 0n] : [numbers(x), 0];
  for (let i = 0; i < values.length; i++) if (values[i] !== zero) places.push(i);
  return places;
}
