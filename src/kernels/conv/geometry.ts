import type { ConvAttributes } from "../../ops/convolve.ts";
import type { Window } from "../../ops/window.ts";
import { settleWindow } from "../../ops/window.ts";

/** One number an axis: depth, height, width. */
export type Three = readonly [number, number, number];

/** A window over planes of three axes; those of fewer have leading axes of size 1. */
export interface WindowShape {
  readonly input: Three;
  readonly kernel: Three;
  readonly output: Three;
  readonly strides: Three;
  readonly dilations: Three;
  /** Elements of padding before each axis. */
  readonly begins: Three;
}

/** A convolution in numbers. Channels and outputs are those of one group. */
export interface ConvShape extends WindowShape {
  readonly batch: number;
  readonly group: number;
  readonly channels: number;
  readonly outputs: number;
  /** Products of one sum: channels times elements of the window. */
  readonly depth: number;
  /** Elements of an input plane, and of an output plane. */
  readonly area: number;
  readonly pixels: number;
}

export const product = (extents: readonly number[]): number => extents.reduce((all, extent) => all * extent, 1);

const widened = (list: readonly number[], filler: number): Three =>
  [...new Array<number>(3 - list.length).fill(filler), ...list] as unknown as Three;

/** The window as one of three axes; undefined where it has more. */
export function windowShape({
  input,
  kernel,
  strides,
  dilations,
  begins,
  output,
}: Omit<Window, "ends">): WindowShape | undefined {
  if (input.length > 3) return undefined;
  return joined({
    input: widened(input, 1),
    kernel: widened(kernel, 1),
    output: widened(output, 1),
    strides: widened(stepsOf(strides, output), 1),
    dilations: widened(stepsOf(dilations, kernel), 1),
    begins: widened(begins, 0),
  });
}

/** Steps from place to place; where there is one place only, no step is made, however long it would be. */
const stepsOf = (steps: readonly number[], places: readonly number[]): number[] =>
  steps.map((step, axis) => ((places[axis] as number) > 1 ? step : 1));

/** Where a window takes each element by itself, planes are rows: the fewer axes, the longer the rows. */
function joined(window: WindowShape): WindowShape {
  if (!isPointwise(window)) return window;
  return { ...window, input: [1, 1, product(window.input)], output: [1, 1, product(window.output)] };
}

/** The convolution of x [batch, channels, ...spatial] with w [outputs, channels / group, ...kernel]; in words why it has no kernels. */
export function convShape(x: readonly number[], w: readonly number[], attributes: ConvAttributes): ConvShape | string {
  const { group = 1 } = attributes;
  const window = windowShape(settleWindow(x.slice(2), w.slice(2), attributes));
  if (window === undefined) return `${x.length - 2} spatial axes have no kernels`;
  const channels = w[1] as number;
  return {
    ...window,
    batch: x[0] as number,
    group,
    channels,
    outputs: (w[0] as number) / group,
    depth: channels * product(window.kernel),
    area: product(window.input),
    pixels: product(window.output),
  };
}

/** Whether the window is one element that stays where it is. */
export const isPointwise = ({ kernel, input, output, strides, begins }: WindowShape): boolean =>
  product(kernel) === 1 &&
  strides.every((stride) => stride === 1) &&
  begins.every((begin) => begin === 0) &&
  input.every((size, axis) => size === output[axis]);

/** The same convolution over planes of one row, where its windows are as wide as one element and move from row to row. */
export function unrolled(shape: ConvShape): ConvShape {
  const { input, kernel, output, strides, dilations, begins } = shape;
  const isColumn = kernel[2] === 1 && begins[2] === 0 && strides[2] === 1 && output[2] === input[2] && strides[1] === 1;
  if (!isColumn) return shape;
  return {
    ...shape,
    input: [input[0], 1, input[1] * input[2]],
    kernel: [kernel[0], 1, kernel[1]],
    output: [output[0], 1, output[1] * output[2]],
    strides: [strides[0], 1, 1],
    dilations: [dilations[0], 1, dilations[1] * input[2]],
    begins: [begins[0], 0, begins[1] * input[2]],
  };
}
