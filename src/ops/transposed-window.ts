import type { Dim } from "../tensor/dim.ts";
import { addDims, mulDims, subDims } from "../tensor/dim.ts";
import type { WindowAttributes } from "./window.ts";
import { checkList, checkWindow, countedPlaces } from "./window.ts";

export interface ConvTransposeAttributes extends Omit<WindowAttributes, "ceilMode"> {
  readonly group?: number | undefined;
  /** Elements added after each spatial axis of the result. */
  readonly outputPadding?: readonly number[] | undefined;
  /** The spatial sizes of the result; pads then follow from them, an odd element at the start unless autoPad is sameUpper. */
  readonly outputShape?: readonly number[] | undefined;
}

/** Throws ShapeError when an attribute list does not fit the number of spatial axes. */
export function checkTransposedWindow(attributes: ConvTransposeAttributes, rank: number): void {
  checkWindow(attributes, rank);
  checkList("outputPadding", attributes.outputPadding, rank, 0);
  checkList("outputShape", attributes.outputShape, rank, 0);
}

/** The spatial sizes of the result. */
export function transposedOutput(
  input: readonly Dim[],
  kernel: readonly Dim[],
  attributes: ConvTransposeAttributes,
): Dim[] {
  const rank = input.length;
  return input.map((size, axis) => {
    const stride = attributes.strides?.[axis] ?? 1;
    if (attributes.outputShape !== undefined) return attributes.outputShape[axis] as number;
    if (attributes.autoPad !== undefined) return mulDims(size, stride);
    const pads = (attributes.pads?.[axis] ?? 0) + (attributes.pads?.[axis + rank] ?? 0);
    return subDims(unpaddedOutput(size, kernel[axis] as Dim, axis, attributes), pads);
  });
}

function unpaddedOutput(
  size: Dim,
  kernel: Dim,
  axis: number,
  { strides, dilations, outputPadding }: ConvTransposeAttributes,
): Dim {
  const extent = addDims(mulDims(subDims(kernel, 1), dilations?.[axis] ?? 1), 1);
  return addDims(mulDims(subDims(size, 1), strides?.[axis] ?? 1), addDims(extent, outputPadding?.[axis] ?? 0));
}

/** How many elements are cut off before each axis of the full result. */
function beginsOf(
  input: readonly number[],
  kernel: readonly number[],
  output: readonly number[],
  attributes: ConvTransposeAttributes,
): number[] {
  const { pads, autoPad, outputShape } = attributes;
  return input.map((size, axis) => {
    if (autoPad === undefined && outputShape === undefined) return pads?.[axis] ?? 0;
    const total = Math.max(0, (unpaddedOutput(size, kernel[axis]!, axis, attributes) as number) - output[axis]!);
    return autoPad === "sameUpper" ? Math.floor(total / 2) : Math.ceil(total / 2);
  });
}

/** One spatial axis: result element o gets x[i]·w[k] for every tap k with i·stride = o + begin - k·dilation. */
export interface TransposedAxis {
  readonly input: number;
  readonly kernel: number;
  readonly output: number;
  readonly stride: number;
  readonly dilation: number;
  readonly begin: number;
  /** Elements of padding before x, so that no i is negative. */
  readonly before: number;
  readonly padded: number;
}

/** The spatial axes of a transposed convolution of shapes x and w. */
export function transposedAxes(
  x: readonly number[],
  w: readonly number[],
  attributes: ConvTransposeAttributes,
): TransposedAxis[] {
  const [input, kernel] = [x.slice(2), w.slice(2)];
  const output = countedPlaces(transposedOutput(input, kernel, attributes));
  const begins = beginsOf(input, kernel, output, attributes);
  return input.map((size, axis) => {
    const [stride, dilation, begin] = [
      attributes.strides?.[axis] ?? 1,
      attributes.dilations?.[axis] ?? 1,
      begins[axis]!,
    ];
    const first = Math.floor(begin / stride) - Math.floor(((kernel[axis]! - 1) * dilation) / stride);
    const last = Math.floor((output[axis]! - 1 + begin) / stride);
    const before = Math.max(0, -first);
    const padded = before + Math.max(size, last + 1);
    return { input: size, kernel: kernel[axis]!, output: output[axis]!, stride, dilation, begin, before, padded };
  });
}

/** Offsets along one axis for the result elements first, first + stride, ..., which all meet the same taps. */
export interface Phase {
  readonly outputs: Int32Array;
  readonly inputs: Int32Array;
  readonly taps: Int32Array;
  /** For each tap, how far back in x it reads. */
  readonly lags: Int32Array;
}

function phaseOf({ output, kernel, stride, dilation, begin, before }: TransposedAxis, first: number): Phase {
  const phase = (((first + begin) % stride) + stride) % stride;
  const count = Math.max(0, Math.ceil((output - first) / stride));
  const outputs = Int32Array.from({ length: count }, (_unused, j) => first + j * stride);
  const taps = Int32Array.from({ length: kernel }, (_unused, k) => k).filter((k) => (k * dilation) % stride === phase);
  return {
    outputs,
    inputs: outputs.map((o) => (o + begin - phase) / stride + before),
    taps,
    lags: taps.map((k) => (phase - k * dilation) / stride),
  };
}

/** Every combination of one phase an axis. */
export const allPhases = (axes: readonly TransposedAxis[]): Phase[][] =>
  axes.reduce<Phase[][]>(
    (lists, axis) => {
      const count = Math.min(axis.stride, axis.output);
      const phases = Array.from({ length: count }, (_unused, first) => phaseOf(axis, first));
      return lists.flatMap((list) => phases.map((phase) => [...list, phase]));
    },
    [[]],
  );
