import { knownNumbers } from "../graph/known-dims.ts";
import { isAbsent } from "../graph/leaves.ts";
import type { Type } from "../graph/type.ts";
import { sequenceType, tensorType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import type { Dim } from "../tensor/dim.ts";
import { unknownDim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { resolveAxis } from "./axis.ts";
import { indexNumbers, indexVector } from "./index-operand.ts";
import { op } from "./op.ts";
import { takeEntries } from "./take-entries.ts";
import { tensorOperand } from "./tensor-operand.ts";

type SequenceSplitAttributes = {
  readonly axis: number;
  /** False leaves the axis of size 1 out of the parts: only where `sizes` is left out. */
  readonly keepAxis: boolean;
};

/**
 * The parts of x along an axis as a sequence. A vector `sizes` tells the size of each, a scalar that of all but the last, which may be
 * smaller; parts of one entry each when left out.
 */
export const sequenceSplit = op("sequenceSplit", ["x", "sizes?"], {
  infer([x, sizes], { axis, keepAxis }: SequenceSplitAttributes) {
    const { dtype, shape } = tensorOperand(x, "x");
    const length = shape?.[resolveAxis(axis, shape.length)];
    const part = partSize(sizes, length ?? unknownDim);
    if (shape === undefined) return sequenceType(tensorType(dtype, undefined));
    const at = resolveAxis(axis, shape.length);
    const item: Type = tensorType(dtype, keepAxis ? shape.with(at, part) : shape.toSpliced(at, 1));
    return sequenceType(item);
  },
  eval([x, sizes], { axis, keepAxis }: SequenceSplitAttributes) {
    const at = resolveAxis(axis, x.shape.length);
    let start = 0;
    return partSizes(sizes, x.shape[at]!).map((count): Tensor => {
      const places = Array.from({ length: count }, (_unused, i) => start + i);
      start += count;
      const part = takeEntries(x, at, places);
      return keepAxis ? part : { ...part, shape: part.shape.toSpliced(at, 1) };
    });
  },
});

/** The size that all parts have, or unknownDim. */
function partSize(sizes: Value, length: Dim): Dim {
  if (isAbsent(sizes)) return 1;
  indexVector(sizes, "sizes");
  const known = knownNumbers(sizes);
  const [first] = known ?? [];
  if (first === undefined) return unknownDim;
  if (tensorOperand(sizes, "sizes").shape?.length === 1)
    return known?.every((size) => size === first) ? first : unknownDim;
  const isEven = first === 1 || (typeof length === "number" && length % first === 0);
  return isEven ? first : unknownDim;
}

function partSizes(sizes: Tensor | undefined, length: number): number[] {
  if (sizes === undefined) return Array.from({ length }, () => 1);
  const given = indexNumbers(sizes);
  if (sizes.shape.length === 0) {
    const [size = 0] = given;
    if (size < 1) throw new ShapeError(`the size of the parts must be at least 1, got ${size}.`);
    return Array.from({ length: Math.ceil(length / size) }, (_unused, i) => Math.min(size, length - i * size));
  }
  const sum = given.reduce((total, size) => total + size, 0);
  if (sum === length && given.every((size) => size >= 0)) return given;
  throw new ShapeError(`the sizes ${given.join(", ")} of the parts must add up to the ${length} entries of the axis.`);
}
