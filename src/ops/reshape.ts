import { knownDims } from "../graph/known-dims.ts";
import { formatType, tensorType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import type { Dim } from "../tensor/dim.ts";
import { dimAtLeast, dimEquals, exactDivDims, hasElements, productOfDims, unknownDim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { formatShape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount } from "../tensor/tensor.ts";
import { indexNumbers, indexVector } from "./index-operand.ts";
import { op } from "./op.ts";
import { tensorOperand } from "./tensor-operand.ts";

type ReshapeAttributes = { readonly copyZeros?: boolean };

/**
 * The elements of x in row-major order under another shape. One -1 in `shape` stands for what is left over. With `copyZeros`
 * a 0 stands for the dim of x at that place.
 */
export const reshape = op("reshape", ["x", "shape"], {
  infer([x, shape], attributes: ReshapeAttributes) {
    const type = tensorOperand(x, "x");
    return tensorType(type.dtype, reshapedDims(x, shape, attributes.copyZeros ?? false));
  },
  eval([x, shape], { copyZeros = false }: ReshapeAttributes) {
    return { ...x, shape: reshapedShape(x, indexNumbers(shape), copyZeros) };
  },
  dims: ([x]) => knownDims(x),
  view: true,
});

/** The shape that a reshape gives; undefined when not even its rank is known. */
export function reshapedDims(x: Value, shape: Value, copyZeros: boolean): readonly Dim[] | undefined {
  const from = tensorOperand(x, "x").shape;
  const wanted = indexVector(shape, "shape");
  if (wanted?.dims === undefined) return wanted?.length === undefined ? undefined : repeatUnknown(wanted.length);
  const copies = wanted.dims.map((dim) => dim === 0 && copyZeros);
  const dims = wanted.dims.map((dim, i) =>
    copies[i] ? copiedDim(x, from, i) : isSize(dim, copyZeros) ? dim : unknownDim,
  );
  const open = dims.indexOf(-1);
  if (open !== dims.lastIndexOf(-1) || dims.some((dim) => isNumber(dim) && dim < -1)) {
    throw new ShapeError(`shape must hold sizes and at most one -1, got ${formatShape(wanted.dims)}.`);
  }
  if (open >= 0) dims[open] = leftOver(from, dims, copies) ?? mismatch(formatType(x.type), wanted.dims);
  const [before, after] = [productOfDims(from ?? [unknownDim]), productOfDims(dims)];
  if (isNumber(before) && isNumber(after) && before !== after) mismatch(formatType(x.type), wanted.dims);
  return dims;
}

/** An element of an input may turn out to be -1, or a 0 that stands for a dim of x. */
const isSize = (dim: Dim, copyZeros: boolean): boolean => !hasElements(dim) || dimAtLeast(dim, copyZeros ? 1 : 0);

const isNumber = (dim: Dim): dim is number => typeof dim === "number";
const repeatUnknown = (rank: number): Dim[] => Array.from({ length: rank }, () => unknownDim);

function mismatch(x: string, shape: readonly Dim[]): never {
  throw new ShapeError(`x ${x} cannot take the shape ${formatShape(shape)}: the element counts differ.`);
}

function copiedDim(x: Value, from: readonly Dim[] | undefined, axis: number): Dim {
  const dim = from === undefined ? unknownDim : from[axis];
  if (dim !== undefined) return dim;
  throw new ShapeError(`shape has a 0 at ${axis} that stands for a dim of x, but x is ${formatType(x.type)}.`);
}

/** The dim that -1 stands for; undefined when it would be no whole number. Dims that are the same on both sides are taken out first, so they may be unknown or 0. */
function leftOver(from: readonly Dim[] | undefined, dims: readonly Dim[], copies: readonly boolean[]): Dim | undefined {
  if (from === undefined) return unknownDim;
  const left = from.filter((_dim, i) => copies[i] !== true);
  const others: Dim[] = [];
  for (const dim of dims.filter((each, i) => each !== -1 && copies[i] !== true)) {
    const at = left.findIndex((other) => dimEquals(other, dim));
    if (at >= 0) left.splice(at, 1);
    else others.push(dim);
  }
  const [count, divisor] = [productOfDims(left), productOfDims(others)];
  if (isNumber(count) && isNumber(divisor)) return divisor > 0 && count % divisor === 0 ? count / divisor : undefined;
  return divisor === 0 ? unknownDim : exactDivDims(count, divisor);
}

function reshapedShape(x: Tensor, wanted: readonly number[], copyZeros: boolean): number[] {
  const copies = wanted.map((dim) => dim === 0 && copyZeros);
  const shape = wanted.map((dim, i) => (copies[i] ? (x.shape[i] ?? Number.NaN) : dim));
  const open = shape.indexOf(-1);
  if (open >= 0) {
    const count = elementCount(x.shape.filter((_dim, i) => !copies[i]));
    const rest = elementCount(shape.filter((_dim, i) => !copies[i] && i !== open));
    shape[open] = rest === 0 ? 0 : count / rest;
  }
  const isShape = shape.every((dim) => Number.isInteger(dim) && dim >= 0);
  return isShape && elementCount(shape) === elementCount(x.shape) ? shape : mismatch(formatShape(x.shape), wanted);
}
