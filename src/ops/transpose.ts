import { knownDims } from "../graph/known-dims.ts";
import { formatType, tensorType } from "../graph/type.ts";
import { unknownDim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { rowMajorStrides } from "../tensor/shape.ts";
import { elementCount } from "../tensor/tensor.ts";
import { op } from "./op.ts";
import { fromSlots, newSlots, slotsOf } from "./slots.ts";
import { stridedCopy } from "./strided-copy.ts";
import { tensorOperand } from "./tensor-operand.ts";

type TransposeAttributes = { readonly permutation: readonly number[] };

/** y's axis i is x's axis permutation[i]. */
export const transpose = op("transpose", ["x"], {
  infer([x], { permutation }: TransposeAttributes) {
    const { dtype, shape } = tensorOperand(x, "x");
    const isPermutation = [...permutation].sort((a, b) => a - b).every((axis, i) => axis === i);
    if (!isPermutation || (shape !== undefined && shape.length !== permutation.length)) {
      throw new ShapeError(
        `permutation [${permutation.join(", ")}] does not order the axes of x ${formatType(x.type)}.`,
      );
    }
    return tensorType(
      dtype,
      permutation.map((axis) => shape?.[axis] ?? unknownDim),
    );
  },
  eval([x], { permutation }: TransposeAttributes) {
    const shape = permutation.map((axis) => x.shape[axis]!);
    const strides = rowMajorStrides(x.shape);
    const target = newSlots(x.dtype, elementCount(shape));
    stridedCopy(
      shape,
      { slots: slotsOf(x), offset: 0, strides: permutation.map((axis) => strides[axis]!) },
      { slots: target, offset: 0, strides: rowMajorStrides(shape) },
    );
    return fromSlots(target, shape);
  },
  dims: ([x]) => knownDims(x),
});
