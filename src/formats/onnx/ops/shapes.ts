import { knownNumbers } from "../../../graph/known-dims.ts";
import { dims, isAbsent } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { reduceProd } from "../../../ops/reduce-prod.ts";
import { shapeOf } from "../../../ops/shape-of.ts";
import { size } from "../../../ops/size.ts";
import { squeeze, squeezed } from "../../../ops/squeeze.ts";
import { operandShape } from "../../../ops/tensor-operand.ts";
import { unsqueeze, unsqueezed } from "../../../ops/unsqueeze.ts";
import { isUnknownDim } from "../../../tensor/dim.ts";
import type { OnnxNode } from "../node.ts";
import { onnxOps } from "../onnx-op.ts";
import { joinSizes, requiredAttribute, reshapeTo, sizesOf } from "../shape-values.ts";

/** Operators that change or tell the shape and leave the elements where they are. */
export const shapes = onnxOps({
  Flatten: ([x], node) => flatten(x, node.int("axis", 1)),
  Reshape: {
    1: ([x], node) => {
      node.ignore("consumed_inputs");
      return reshapeTo(x, requiredAttribute(node.ints("shape"), "shape"), true);
    },
    5: ([x, shape], node) => reshapeTo(x, shape, !node.flag("allowzero", false)),
  },
  Shape: ([x], node) => (node.has("start") || node.has("end") ? shapePart(x, node) : shapeOf(x)),
  Size: ([x]) => size(x),
  Squeeze: {
    1: ([x], node) => squeezeAxes(x, node.ints("axes")),
    13: ([x, axes]) => squeezeAxes(x, isAbsent(axes) ? undefined : axes),
  },
  Unsqueeze: {
    1: ([x], node) => unsqueezeAxes(x, dims(requiredAttribute(node.ints("axes"), "axes"))),
    13: ([x, axes]) => unsqueezeAxes(x, axes),
  },
});

const shapePart = (x: Value, node: OnnxNode): Value => sizesOf(x, node.int("start", 0), node.int("end"));

/** [product of the dims before the axis, product of the others]. */
export function flatten(x: Value, axis: number): Value {
  const product = (sizes: Value) => reduceProd(sizes, { axes: [0], keepDims: true });
  return reshapeTo(x, joinSizes(product(sizesOf(x, 0, axis)), product(sizesOf(x, axis))));
}

function squeezeAxes(x: Value, axes: Value | readonly number[] | undefined): Value {
  const shape = operandShape(x, "data");
  const known = axes !== undefined && "op" in axes ? knownNumbers(axes) : axes;
  const isDecided = axes === undefined ? shape?.every((dim) => typeof dim === "number") : known !== undefined;
  if (!isDecided || shape === undefined || shape.some(isUnknownDim)) return squeeze(x, axes);
  return reshapeTo(x, squeezed(shape, known));
}

export function unsqueezeAxes(x: Value, axes: Value): Value {
  const [shape, known] = [operandShape(x, "data"), knownNumbers(axes)];
  if (known === undefined || shape === undefined || shape.some(isUnknownDim)) return unsqueeze(x, axes);
  return reshapeTo(x, unsqueezed(shape, known));
}
