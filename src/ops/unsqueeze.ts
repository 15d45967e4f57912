import { knownDims } from "../graph/known-dims.ts";
import { tensorType } from "../graph/type.ts";
import type { Dim } from "../tensor/dim.ts";
import { unknownDim } from "../tensor/dim.ts";
import { resolveAxes } from "./axis.ts";
import { indexNumbers, indexVector } from "./index-operand.ts";
import { op } from "./op.ts";
import { tensorOperand } from "./tensor-operand.ts";

/** x with axes of dim 1 put in, so that they are the axes `axes` of the result. */
export const unsqueeze = op("unsqueeze", ["x", "axes"], {
  infer([x, axes]) {
    const { dtype, shape } = tensorOperand(x, "x");
    const { length, numbers } = indexVector(axes, "axes") ?? {};
    if (shape === undefined || length === undefined) return tensorType(dtype, undefined);
    if (numbers !== undefined) return tensorType(dtype, unsqueezed(shape, numbers));
    return tensorType(dtype, new Array<Dim>(shape.length + length).fill(unknownDim));
  },
  eval: ([x, axes]) => ({ ...x, shape: unsqueezed(x.shape, indexNumbers(axes)) }),
  dims: ([x]) => knownDims(x),
  view: true,
});

/** The shape with dims of 1 at `axes` of the result. */
export function unsqueezed<D extends Dim>(shape: readonly D[], axes: readonly number[]): (D | 1)[] {
  const rank = shape.length + axes.length;
  const added = new Set(resolveAxes(axes, rank));
  let next = 0;
  return Array.from({ length: rank }, (_unused, i) => (added.has(i) ? 1 : shape[next++]!));
}
