import { knownDims } from "../../graph/known-dims.ts";
import { dims } from "../../graph/leaves.ts";
import type { Value } from "../../graph/value.ts";
import { concat } from "../../ops/concat.ts";
import { reshape, reshapedDims } from "../../ops/reshape.ts";
import { shapeOf } from "../../ops/shape-of.ts";
import { slice } from "../../ops/slice.ts";
import type { Dim } from "../../tensor/dim.ts";
import { hasElements, isUnknownDim } from "../../tensor/dim.ts";
import { FormatError, UnsupportedError } from "../../tensor/errors.ts";

/** A vector of sizes: literal dims, or an i64 vector computed at run time. */
export type Sizes = Value | readonly Dim[];

const isValue = (sizes: Sizes): sizes is Value => "op" in sizes;
const areKnown = (values: readonly Dim[] | undefined): values is readonly Dim[] =>
  values !== undefined && !values.some(isUnknownDim);
const areOfShapes = (values: readonly Dim[] | undefined): values is readonly Dim[] =>
  areKnown(values) && !values.some(hasElements);

/** The same i64 vector, as a literal where all its elements are known from shapes. */
export function foldSizes(sizes: Sizes): Value {
  if (!isValue(sizes)) return dims(sizes);
  const known = knownDims(sizes);
  return areOfShapes(known) && sizes.type.kind === "tensor" && sizes.type.shape?.length === 1 ? dims(known) : sizes;
}

/** The dim of x along an axis, which may count from the back, as an i64 vector of one element. */
export const sizeOf = (x: Value, axis: number): Value => sizesOf(x, axis, axis === -1 ? undefined : axis + 1);

/** The dims of x from axis `start` up to `end` (to the last when left out), both of which may count from the back, as an i64 vector. */
export const sizesOf = (x: Value, start: number, end = Number.MAX_SAFE_INTEGER): Value =>
  foldSizes(slice(shapeOf(x), [start], [end], undefined, undefined));

/** i64 vectors one after the other: literal where everything is known. */
export const joinSizes = (...parts: readonly Sizes[]): Value => foldSizes(concat(parts.map(foldSizes), { axis: 0 }));

/** Reshapes to sizes that may hold one -1 and, with `copyZeros`, 0 for "as in x"; what can be resolved now is. */
export function reshapeTo(x: Value, sizes: Sizes, copyZeros = false): Value {
  const shape = foldSizes(sizes);
  const resolved = reshapedDims(x, shape, copyZeros);
  if (areKnown(resolved)) return reshape(x, resolved);
  return copyZeros ? reshape(x, shape, { copyZeros }) : reshape(x, shape);
}

/** The value of an attribute that the operator cannot do without. Throws FormatError when it is missing. */
export function requiredAttribute<T>(attribute: T | undefined, name: string): T {
  if (attribute !== undefined) return attribute;
  throw new FormatError(`the attribute "${name}" is missing.`);
}

/** The number of axes. Throws UnsupportedError where it is not known before the model runs. */
export function rankOf(x: Value): number {
  const rank = x.type.kind === "tensor" ? x.type.shape?.length : undefined;
  if (rank !== undefined) return rank;
  throw new UnsupportedError(`the rank of the input is not known before the model runs; export the model with shapes.`);
}
