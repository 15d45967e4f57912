import { knownDims } from "../graph/known-dims.ts";
import { isAbsent } from "../graph/leaves.ts";
import { formatType, tensorType } from "../graph/type.ts";
import type { Dim } from "../tensor/dim.ts";
import { addDims, mulDims, subDims, unknownDim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import { rowMajorStrides } from "../tensor/shape.ts";
import { elementCount } from "../tensor/tensor.ts";
import { requireDType } from "./dtype-class.ts";
import { op } from "./op.ts";
import { tensorOperand } from "./tensor-operand.ts";
import type { WindowAttributes } from "./window.ts";
import { checkWindow } from "./window.ts";

export interface MaxUnpoolAttributes extends Pick<WindowAttributes, "strides" | "pads"> {
  readonly kernel: readonly number[];
}

/** The shape that `maxPool` with these settings shrank to x's. */
const unpooledShape = (x: readonly Dim[], { kernel, strides, pads }: MaxUnpoolAttributes): Dim[] => [
  ...x.slice(0, 2),
  ...kernel.map((size, axis) => {
    const cut = (pads?.[axis] ?? 0) + (pads?.[axis + kernel.length] ?? 0);
    return addDims(mulDims(subDims(x[axis + 2] as Dim, 1), strides?.[axis] ?? 1), size - cut);
  }),
];

/**
 * Zeros, with each element of x at its flat i64 index in the shape that the pooling started from. Where outputShape is larger
 * than that shape, the rest is zeros at the ends of the axes.
 */
export const maxUnpool = op("maxUnpool", ["x", "indices", "outputShape?"], {
  infer([x, indices, outputShape], attributes: MaxUnpoolAttributes) {
    const { dtype, shape } = tensorOperand(x, "x");
    requireDType(dtype, "float", "x");
    const rank = attributes.kernel.length;
    checkWindow(attributes, rank);
    if (tensorOperand(indices, "indices").dtype !== "i64")
      throw new ShapeError(`indices must be i64, got ${formatType(indices.type)}.`);
    if (shape !== undefined && shape.length !== rank + 2) {
      throw new ShapeError(
        `x must have rank ${rank + 2} for a kernel of [${attributes.kernel.join(", ")}], got ${formatType(x.type)}.`,
      );
    }
    if (!isAbsent(outputShape))
      return tensorType(dtype, knownDims(outputShape) ?? new Array<Dim>(rank + 2).fill(unknownDim));
    return tensorType(dtype, shape && unpooledShape(shape, attributes));
  },
  eval([x, indices, outputShape], attributes: MaxUnpoolAttributes) {
    const inner = unpooledShape(x.shape, attributes) as number[];
    const shape = outputShape === undefined ? inner : Array.from(numbers(outputShape));
    if (shape.length !== inner.length || shape.some((size, axis) => size < inner[axis]!)) {
      throw new ShapeError(
        `outputShape must be at least [${inner.join(", ")}] along each axis, got [${shape.join(", ")}].`,
      );
    }
    const [values, places, count] = [numbers(x), numbers(indices), elementCount(inner)];
    if (places.length !== values.length) {
      throw new ShapeError(
        `indices must have one element for each of x [${x.shape.join(", ")}], got [${indices.shape.join(", ")}].`,
      );
    }
    const [innerSteps, steps] = [rowMajorStrides(inner), rowMajorStrides(shape)];
    const out = new Float64Array(elementCount(shape));
    for (let i = 0; i < values.length; i++) {
      let place = places[i]!;
      if (!(place >= 0 && place < count)) {
        throw new ShapeError(`indices hold ${place}, outside the ${count} elements of shape [${inner.join(", ")}].`);
      }
      let to = 0;
      for (let axis = 0; axis < steps.length; axis++) {
        const index = Math.floor(place / innerSteps[axis]!);
        place -= index * innerSteps[axis]!;
        to += index * steps[axis]!;
      }
      out[to] = values[i]!;
    }
    return fromNumbers(x.dtype, shape, out);
  },
});
