import type { Dim } from "../tensor/dim.ts";
import {
  addDims,
  ceilDivDims,
  dimAtLeast,
  dimToString,
  floorDivDims,
  maxDims,
  minDims,
  mulDims,
  subDims,
} from "../tensor/dim.ts";
import { LimitError, ShapeError } from "../tensor/errors.ts";
import { formatShape } from "../tensor/shape.ts";

/** How a window moves over the spatial axes (those after batch and channels). Every list has one entry a spatial axis. */
export interface WindowAttributes {
  readonly strides?: readonly number[] | undefined;
  readonly dilations?: readonly number[] | undefined;
  /** Elements added before each axis, then after each axis. */
  readonly pads?: readonly number[] | undefined;
  /** Padding by need instead of `pads`: the output is ceil(input / stride) long; an odd element goes to the end (upper) or the start (lower). */
  readonly autoPad?: "sameUpper" | "sameLower" | undefined;
  /** Count windows that reach past the end padding too, as long as they start before it. */
  readonly ceilMode?: boolean | undefined;
}

/** A window over an input of known size, one entry a spatial axis. */
export interface Window {
  readonly input: readonly number[];
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly begins: readonly number[];
  readonly ends: readonly number[];
  readonly output: readonly number[];
}

/** Throws ShapeError when a list has not one entry a spatial axis, or an entry is too small. */
export function checkWindow(attributes: WindowAttributes, rank: number): void {
  checkList("strides", attributes.strides, rank, 1);
  checkList("dilations", attributes.dilations, rank, 1);
  checkList("pads", attributes.pads, 2 * rank, Number.NEGATIVE_INFINITY);
}

/** Throws ShapeError unless the list is left out or has `count` integers of at least `least`. */
export function checkList(name: string, list: readonly number[] | undefined, count: number, least: number): void {
  if (list === undefined || (list.length === count && list.every((entry) => entry >= least))) return;
  const wanted = `${count} integers${least > Number.NEGATIVE_INFINITY ? ` of at least ${least}` : ""}`;
  throw new ShapeError(`${name} must be ${wanted} for these spatial axes, got [${list.join(", ")}].`);
}

/** The number of places that the window takes along each axis. Throws ShapeError where the window certainly is larger than the padded input. */
export function windowOutput(input: readonly Dim[], kernel: readonly Dim[], attributes: WindowAttributes): Dim[] {
  const rank = input.length;
  const { strides, dilations, pads, autoPad, ceilMode = false } = attributes;
  return input.map((size, axis) => {
    const stride = strides?.[axis] ?? 1;
    if (autoPad !== undefined) return ceilDivDims(size, stride);
    const begin = pads?.[axis] ?? 0;
    const padded = addDims(size, begin + (pads?.[axis + rank] ?? 0));
    const extent = addDims(mulDims(subDims(kernel[axis] as Dim, 1), dilations?.[axis] ?? 1), 1);
    const room = subDims(padded, extent);
    if (typeof room === "number" && room < 0 && !ceilMode) {
      throw new ShapeError(
        `along spatial axis ${axis} the window covers ${dimToString(extent)} elements but the padded input has ${dimToString(padded)}; give it more padding or a larger input.`,
      );
    }
    if (!ceilMode) return addDims(floorDivDims(room, stride), 1);
    const places = addDims(ceilDivDims(room, stride), 1);
    return atLeastZero(minDims(places, ceilDivDims(addDims(size, begin), stride)));
  });
}

const atLeastZero = (dim: Dim): Dim => (dimAtLeast(dim, 0) ? dim : maxDims(dim, 0));

/** The places of a window over an input of known size as numbers. Throws LimitError for what is beyond counting. */
export function countedPlaces(places: readonly Dim[]): number[] {
  const counts = places.filter((count) => typeof count === "number");
  if (counts.length === places.length) return counts;
  throw new LimitError(`a window takes more places than can be counted: ${formatShape(places)}.`);
}

/** More elements than any window has that is not a mistake: their offsets are tabulated. */
const maxTaps = 1 << 25;

/** The window over an input of known size: paddings settled, output counted. Throws ShapeError or LimitError for one that cannot be. */
export function settleWindow(
  input: readonly number[],
  kernel: readonly number[],
  attributes: WindowAttributes,
): Window {
  const rank = input.length;
  const { autoPad } = attributes;
  const taps = kernel.reduce((product, size) => product * size, 1);
  if (taps > maxTaps) throw new LimitError(`a window of [${kernel.join(", ")}] has more than ${maxTaps} elements.`);
  const strides = attributes.strides ?? new Array<number>(rank).fill(1);
  const dilations = attributes.dilations ?? new Array<number>(rank).fill(1);
  const output = countedPlaces(windowOutput(input, kernel, attributes));
  if (autoPad === undefined) {
    const pads = attributes.pads ?? new Array<number>(2 * rank).fill(0);
    return { input, kernel, strides, dilations, output, begins: pads.slice(0, rank), ends: pads.slice(rank) };
  }
  const totals = input.map((size, axis) => {
    const extent = (kernel[axis]! - 1) * dilations[axis]! + 1;
    return Math.max(0, (output[axis]! - 1) * strides[axis]! + extent - size);
  });
  const smaller = totals.map((total) => Math.floor(total / 2));
  const larger = totals.map((total) => Math.ceil(total / 2));
  const [begins, ends] = autoPad === "sameUpper" ? [smaller, larger] : [larger, smaller];
  return { input, kernel, strides, dilations, output, begins, ends };
}
