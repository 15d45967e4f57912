import { knownDims } from "../graph/known-dims.ts";
import { isAbsent } from "../graph/leaves.ts";
import { tensorType } from "../graph/type.ts";
import type { Dim } from "../tensor/dim.ts";
import { unknownDim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { formatShape } from "../tensor/shape.ts";
import { resolveAxes } from "./axis.ts";
import { indexNumbers, indexVector } from "./index-operand.ts";
import { op } from "./op.ts";
import { tensorOperand } from "./tensor-operand.ts";

/** x without the axes `axes`, whose dims must be 1; without all axes of dim 1 where `axes` is left out. */
export const squeeze = op("squeeze", ["x", "axes?"], {
  infer([x, axes]) {
    const { dtype, shape } = tensorOperand(x, "x");
    if (shape === undefined) return tensorType(dtype, undefined);
    if (isAbsent(axes)) {
      const decided = shape.every((dim) => typeof dim === "number");
      return tensorType(dtype, decided ? squeezed(shape, undefined) : undefined);
    }
    const { length, numbers } = indexVector(axes, "axes") ?? {};
    if (numbers !== undefined) return tensorType(dtype, squeezed(shape, numbers));
    const rank = length === undefined ? undefined : shape.length - length;
    return tensorType(dtype, rank === undefined || rank < 0 ? undefined : new Array<Dim>(rank).fill(unknownDim));
  },
  eval: ([x, axes]) => ({ ...x, shape: squeezed(x.shape, axes && indexNumbers(axes)) }),
  dims: ([x]) => knownDims(x),
  view: true,
});

/** The shape without `axes`, or without all dims of 1. Throws ShapeError when one of the axes is certainly not 1. */
export function squeezed<D extends Dim>(shape: readonly D[], axes: readonly number[] | undefined): D[] {
  if (axes === undefined) return shape.filter((dim) => dim !== 1);
  const dropped = new Set(resolveAxes(axes, shape.length));
  const wrong = [...dropped].find((axis) => typeof shape[axis] === "number" && shape[axis] !== 1);
  if (wrong === undefined) return shape.filter((_dim, i) => !dropped.has(i));
  throw new ShapeError(`axis ${wrong} of x ${formatShape(shape)} cannot be squeezed: its dim is not 1.`);
}
