import { knownDims } from "../graph/known-dims.ts";
import { formatType, tensorType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import type { Dim } from "../tensor/dim.ts";
import { broadcastDims, unknownDim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { broadcastStrides, formatShape, rowMajorStrides } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount } from "../tensor/tensor.ts";
import { indexNumbers, indexVector } from "./index-operand.ts";
import { op } from "./op.ts";
import { fromSlots, newSlots, slotsOf } from "./slots.ts";
import { stridedCopy } from "./strided-copy.ts";
import { tensorOperand } from "./tensor-operand.ts";

/** x repeated along axes of dim 1 and new leading axes, to the shape that x's shape and `shape` broadcast to (numpy's rule, both ways). */
export const expand = op("expand", ["x", "shape"], {
  infer: ([x, shape]) => tensorType(tensorOperand(x, "x").dtype, expandedDims(x, shape)),
  eval: ([x, shape]) => expandTo(x, expandedShape(x.shape, indexNumbers(shape))),
  dims([x, shape]) {
    const elements = knownDims(x);
    const count = elements && expandedDims(x, shape);
    if (count === undefined || count.length === 0) return elements;
    if (count.length !== 1 || typeof count[0] !== "number" || count[0] > 1024) return undefined;
    return elements?.length === 1 ? Array.from({ length: count[0] }, () => elements[0]!) : elements;
  },
});

function expandedDims(x: Value, shape: Value): readonly Dim[] | undefined {
  const from = tensorOperand(x, "x").shape;
  const wanted = indexVector(shape, "shape");
  const count = wanted?.length;
  if (from === undefined || count === undefined) return undefined;
  const to = wanted?.dims ?? Array.from({ length: count }, () => unknownDim);
  const rank = Math.max(from.length, count);
  return Array.from({ length: rank }, (_unused, i) => {
    const [a, b] = [from[i - rank + from.length] ?? 1, to[i - rank + count] ?? 1];
    const dim = broadcastDims(a, b);
    if (dim !== undefined && (typeof b !== "number" || b >= 0)) return dim;
    throw new ShapeError(`x ${formatType(x.type)} does not broadcast with the shape ${formatShape(to)}.`);
  });
}

function expandedShape(from: readonly number[], to: readonly number[]): number[] {
  const rank = Math.max(from.length, to.length);
  return Array.from({ length: rank }, (_unused, i) => {
    const [a, b] = [from[i - rank + from.length] ?? 1, to[i - rank + to.length] ?? 1];
    if (b >= 0 && (a === b || a === 1 || b === 1)) return a === 1 ? b : a;
    throw new ShapeError(`x ${formatShape(from)} does not broadcast with the shape ${formatShape(to)}.`);
  });
}

/** x repeated to a shape that it broadcasts to. */
export function expandTo(x: Tensor, shape: readonly number[]): Tensor {
  const target = newSlots(x.dtype, elementCount(shape));
  stridedCopy(
    shape,
    { slots: slotsOf(x), offset: 0, strides: broadcastStrides(x.shape, shape) },
    { slots: target, offset: 0, strides: rowMajorStrides(shape) },
  );
  return fromSlots(target, shape);
}
