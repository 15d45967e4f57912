import { knownDims } from "../graph/known-dims.ts";
import { tensorType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import type { Dim } from "../tensor/dim.ts";
import { unknownDim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { rowMajorStrides } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount } from "../tensor/tensor.ts";
import { resolveAxes } from "./axis.ts";
import type { IndexVector } from "./index-operand.ts";
import { indexNumbers, indexVector } from "./index-operand.ts";
import { op } from "./op.ts";
import type { SliceRange } from "./slice-range.ts";
import { sliceLength, sliceRange } from "./slice-range.ts";
import { fromSlots, newSlots, slotsOf } from "./slots.ts";
import { stridedCopy } from "./strided-copy.ts";
import { tensorOperand } from "./tensor-operand.ts";

/**
 * x[start:end:step] along each of `axes` (the first ones when left out), in steps of `steps` (1 when left out), as numpy slices:
 * bounds below 0 count from the end and all are clamped to the axis. `steps` may be negative, never 0.
 */
export const slice = op("slice", ["x", "starts", "ends", "axes?", "steps?"], {
  infer([x, ...operands]) {
    const { dtype, shape } = tensorOperand(x, "x");
    return tensorType(dtype, slicedDims(shape, readBounds(operands)));
  },
  eval([x, starts, ends, axes, steps]) {
    const [from, to] = [indexNumbers(starts), indexNumbers(ends)];
    return sliceTensor(x, from, to, axes && indexNumbers(axes), steps && indexNumbers(steps));
  },
  dims([x, ...operands]) {
    const elements = knownDims(x);
    const { starts, ends, steps } = readBounds(operands);
    const [start, end, step] = [starts?.dims?.[0], ends?.dims?.[0], steps === undefined ? 1 : steps.numbers?.[0]];
    if (elements === undefined || step === undefined || typeof start !== "number" || typeof end !== "number")
      return undefined;
    const { first, count } = sliceRange(start, end, step, elements.length);
    return Array.from({ length: count }, (_unused, i) => elements[first + i * step]!);
  },
});

interface Bounds {
  readonly starts: IndexVector | undefined;
  readonly ends: IndexVector | undefined;
  readonly axes: IndexVector | undefined;
  readonly steps: IndexVector | undefined;
}

function readBounds(operands: readonly Value[]): Bounds {
  const names = ["starts", "ends", "axes", "steps"] as const;
  const [starts, ends, axes, steps] = operands.map((value, i) => indexVector(value, names[i]!));
  const lengths = [starts, ends, axes, steps].map((vector) => vector?.length).filter((length) => length !== undefined);
  if (lengths.some((length) => length !== lengths[0])) {
    throw new ShapeError(`starts, ends, axes and steps must be of one length, got lengths ${lengths.join(", ")}.`);
  }
  return { starts, ends, axes, steps };
}

function slicedDims(
  shape: readonly Dim[] | undefined,
  { starts, ends, axes, steps }: Bounds,
): readonly Dim[] | undefined {
  if (shape === undefined) return undefined;
  const count = starts?.length ?? ends?.length ?? axes?.length;
  const places = axes === undefined ? Array.from({ length: count ?? shape.length }, (_unused, i) => i) : axes.numbers;
  if (places === undefined) return shape.map(() => unknownDim);
  const dims = [...shape];
  resolveAxes(places, shape.length).forEach((axis, i) => {
    const [start, end] = [starts?.dims?.[i] ?? unknownDim, ends?.dims?.[i] ?? unknownDim];
    const step = steps === undefined ? 1 : steps.numbers?.[i];
    dims[axis] = step === undefined ? unknownDim : sliceLength(start, end, step, dims[axis]!);
  });
  return dims;
}

/** x[start:end:step] along the given axes, or the first ones. */
export function sliceTensor(
  x: Tensor,
  starts: readonly number[],
  ends: readonly number[],
  axes: readonly number[] = starts.map((_start, i) => i),
  steps: readonly number[] = starts.map(() => 1),
): Tensor {
  const whole = (count: number): SliceRange => ({ first: 0, count, step: 1 });
  const ranges = x.shape.map(whole);
  resolveAxes(axes, x.shape.length).forEach((axis, i) => {
    ranges[axis] = sliceRange(starts[i]!, ends[i]!, steps[i]!, x.shape[axis]!);
  });
  const shape = ranges.map(({ count }) => count);
  const strides = rowMajorStrides(x.shape);
  const target = newSlots(x.dtype, elementCount(shape));
  const offset = ranges.reduce((sum, { first }, i) => sum + first * strides[i]!, 0);
  stridedCopy(
    shape,
    { slots: slotsOf(x), offset, strides: ranges.map(({ step }, i) => step * strides[i]!) },
    { slots: target, offset: 0, strides: rowMajorStrides(shape) },
  );
  return fromSlots(target, shape);
}
