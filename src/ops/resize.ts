import { knownDims } from "../graph/known-dims.ts";
import { constantTensor, isAbsent } from "../graph/leaves.ts";
import { formatType, tensorType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import type { Dim } from "../tensor/dim.ts";
import { dimToString, unknownDim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { numbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { resolveAxes } from "./axis.ts";
import { op } from "./op.ts";
import type { Ratio, ResizeAxis, ResizeSettings } from "./resize-axis.ts";
import { ratioOf, scaledDim } from "./resize-axis.ts";
import { interpolate, pickNearest } from "./resize-block.ts";
import { tensorOperand } from "./tensor-operand.ts";

export interface ResizeAttributes extends ResizeSettings {
  /** The axes that scales, sizes and region speak of, in their order; all when left out. */
  readonly axes?: readonly number[] | undefined;
  /** Keeps the proportions: one scale for all axes, so that no size is larger (smaller) than asked for. */
  readonly keepAspectRatio?: "notLarger" | "notSmaller" | undefined;
}

/**
 * Resamples x along its axes. Either `scales` (floats; results are floor(size·scale) long) or `sizes` (integers) are given, one an
 * axis. `region` is for cropAndResize: the starts of all axes, then their ends, as fractions of the lengths. Integer results are rounded, ties to even, and kept in range.
 */
export const resize = op("resize", ["x", "scales?", "sizes?", "region?"], {
  infer([x, scales, sizes], attributes: ResizeAttributes) {
    const { dtype, shape } = tensorOperand(x, "x");
    if (isAbsent(scales) === isAbsent(sizes)) throw new ShapeError("exactly one of scales and sizes must be given.");
    if (shape === undefined) return tensorType(dtype, undefined);
    const axes = axesOf(shape.length, attributes);
    const result = [...shape];
    const wanted = isAbsent(sizes) ? scaledBy(scales, axes, shape) : sizesOf(sizes, axes, shape, attributes);
    if (wanted !== undefined && wanted.length !== axes.length) {
      const name = isAbsent(sizes) ? "scales" : "sizes";
      throw new ShapeError(
        `${name} must have ${axes.length} elements, one an axis of x ${formatType(x.type)}, got ${wanted.length}.`,
      );
    }
    if (wanted?.some((size) => typeof size === "number" && size < 0)) {
      throw new ShapeError(`sizes must not be negative, got [${wanted.map(dimToString).join(", ")}].`);
    }
    axes.forEach((axis, i) => {
      result[axis] = wanted?.[i] ?? unknownDim;
    });
    return tensorType(dtype, result);
  },
  eval([x, scales, sizes, region], attributes: ResizeAttributes, context) {
    const axes = resizedAxes(x.shape, { scales, sizes, region }, attributes);
    return attributes.mode === "nearest" ? pickNearest(x, axes, attributes) : interpolate(x, axes, attributes, context);
  },
});

const axesOf = (rank: number, { axes }: ResizeAttributes): number[] =>
  axes === undefined ? Array.from({ length: rank }, (_unused, axis) => axis) : resolveAxes(axes, rank);

function scaledBy(scales: Value, axes: readonly number[], shape: readonly Dim[]): Dim[] | undefined {
  const known = constantTensor(scales);
  return known && Array.from(numbers(known), (scale, i) => scaledDim(shape[axes[i] ?? 0] ?? 1, checkedRatio(scale)));
}

function sizesOf(
  sizes: Value,
  axes: readonly number[],
  shape: readonly Dim[],
  attributes: ResizeAttributes,
): readonly Dim[] | undefined {
  const wanted = knownDims(sizes);
  if (wanted === undefined || attributes.keepAspectRatio === undefined || wanted.length !== axes.length) return wanted;
  const inputs = axes.map((axis) => shape[axis] as Dim);
  if (![...wanted, ...inputs].every((dim) => typeof dim === "number")) return undefined;
  return keepProportions(wanted as readonly number[], inputs as readonly number[], attributes).sizes;
}

function checkedRatio(scale: number): Ratio {
  if (scale > 0 && scale < Number.POSITIVE_INFINITY) return ratioOf(scale);
  throw new ShapeError(`scales must be positive, got ${scale}.`);
}

/** The one scale that fits all wanted sizes, and the sizes it gives, halves rounded up. */
function keepProportions(wanted: readonly number[], inputs: readonly number[], { keepAspectRatio }: ResizeAttributes) {
  const ratios = wanted.map((over, i) => ({ over, under: inputs[i]! }));
  const bySize = [...ratios].sort((a, b) => a.over / a.under - b.over / b.under);
  const scale = (keepAspectRatio === "notLarger" ? bySize[0] : bySize[bySize.length - 1]) ?? { over: 1, under: 1 };
  return { scale, sizes: inputs.map((input) => Math.floor((input * scale.over) / scale.under + 0.5)) };
}

interface ResizeOperands {
  readonly scales: Tensor | undefined;
  readonly sizes: Tensor | undefined;
  readonly region: Tensor | undefined;
}

/** Every axis of x with its output size and scale; axes that are not resized keep scale 1. */
export function resizedAxes(
  shape: readonly number[],
  { scales, sizes, region }: ResizeOperands,
  attributes: ResizeAttributes,
): ResizeAxis[] {
  const axes = axesOf(shape.length, attributes);
  const result = shape.map(
    (input): ResizeAxis => ({ input, output: input, scale: { over: 1, under: 1 }, region: [0, 1] }),
  );
  const inputs = axes.map((axis) => shape[axis]!);
  const given = numbers((scales ?? sizes) as Tensor);
  if (given.length !== axes.length)
    throw new ShapeError(`scales or sizes must have ${axes.length} elements, got ${given.length}.`);
  const wanted = sizes && Array.from(given);
  const kept = wanted && attributes.keepAspectRatio && keepProportions(wanted, inputs, attributes);
  const corners = attributes.coordinates === "cropAndResize" && region !== undefined ? numbers(region) : undefined;
  axes.forEach((axis, i) => {
    const input = shape[axis]!;
    const scale = kept?.scale ?? (wanted ? { over: wanted[i]!, under: input } : checkedRatio(given[i]!));
    const output = kept?.sizes[i] ?? wanted?.[i] ?? (scaledDim(input, scale) as number);
    if (!(output >= 0) || (input === 0 && output > 0)) {
      throw new ShapeError(`axis ${axis} of length ${input} cannot be resized to ${output}.`);
    }
    result[axis] = { input, output, scale, region: [corners?.[i] ?? 0, corners?.[i + axes.length] ?? 1] };
  });
  return result;
}
