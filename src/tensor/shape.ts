/** Shapes of numbers: strides, axes and broadcasting. */
import type { Dim } from "./dim.ts";
import { dimToString } from "./dim.ts";
import { LimitError, ShapeError } from "./errors.ts";

/** How far apart, in elements, neighbours along each axis lie in a dense row-major block. */
export function rowMajorStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis] ?? 1;
  }
  return strides;
}

/** The shape that numpy's rule gives when operands of these shapes meet. Throws a ShapeError that names two which do not fit. */
export function broadcastShapes(...shapes: (readonly number[])[]): number[] {
  let result: number[] = [];
  for (const shape of shapes) {
    const fit = broadcastPair(result, shape);
    if (fit === undefined) {
      const partner = shapes.find((other) => broadcastPair(other, shape) === undefined) ?? result;
      throw new ShapeError(
        `Shapes ${formatShape(partner)} and ${formatShape(shape)} do not broadcast: aligned at the last axis, each pair of dims must be equal or contain a 1.`,
      );
    }
    result = fit;
  }
  return result;
}

function broadcastPair(a: readonly number[], b: readonly number[]): number[] | undefined {
  const rank = Math.max(a.length, b.length);
  const result = new Array<number>(rank);
  for (let axis = 0; axis < rank; axis++) {
    const x = a[axis - rank + a.length] ?? 1;
    const y = b[axis - rank + b.length] ?? 1;
    if (x !== y && x !== 1 && y !== 1) return undefined;
    result[axis] = x === 1 ? y : x;
  }
  return result;
}

/**
 * Strides that walk a row-major block of `shape` as if it had the shape `to`: 0 along axes that are repeated. Throws a
 * ShapeError when it does not broadcast so.
 */
export function broadcastStrides(shape: readonly number[], to: readonly number[]): number[] {
  const missing = to.length - shape.length;
  const own = rowMajorStrides(shape);
  if (missing < 0 || shape.some((dim, axis) => dim !== 1 && dim !== to[axis + missing])) {
    throw new ShapeError(`Shape ${formatShape(shape)} does not broadcast to ${formatShape(to)}.`);
  }
  return to.map((_, axis) => (axis < missing || shape[axis - missing] === 1 ? 0 : (own[axis - missing] ?? 0)));
}

/** The shape as messages and dumps show it: `[2,T+1,3]`. */
export const formatShape = (shape: readonly Dim[]): string => `[${shape.map(dimToString).join(",")}]`;

/**
 * The number of elements of a shape that comes from outside. Throws a LimitError on a dim that is no size, and where the
 * product passes 2^53.
 */
export function checkedElementCount(shape: readonly number[], what: string): number {
  let count = 1;
  let isEmpty = false;
  for (const dim of shape) {
    if (!Number.isSafeInteger(dim) || dim < 0) {
      throw new LimitError(
        `${what} has shape ${formatShape(shape)}: the dim ${dim} is no size; expected integers from 0 to 2^53 - 1.`,
      );
    }
    if (dim === 0) isEmpty = true;
    else count *= dim;
    if (!Number.isSafeInteger(count)) {
      throw new LimitError(
        `${what} has shape ${formatShape(shape)}: more than 2^53 elements; no tensor can be that large.`,
      );
    }
  }
  return isEmpty ? 0 : count;
}
