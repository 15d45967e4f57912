// Which elements of a picture a point between them mixes, and with which weights.

import type { NumberArray } from "../tensor/numbers.ts";
import { cubicFilter } from "./resize-axis.ts";
import { roundHalfEven } from "./round.ts";

export interface GridSampleSettings {
  readonly mode: "nearest" | "linear" | "cubic";
  /** What lies outside the picture: zeros, the elements at its border, or the picture mirrored. */
  readonly padding: "zeros" | "border" | "reflection";
  /** -1 and 1 are the centres of the outermost elements, not their outer edges. */
  readonly alignCorners: boolean;
}

/** The elements that a point mixes; those that count as zero are left out. */
export interface PointTaps {
  readonly offsets: number[];
  readonly weights: number[];
}

interface Picture {
  readonly sizes: readonly number[];
  readonly strides: readonly number[];
}

/** Fills `taps` for one point, whose coordinates come last axis first. */
export function tapsOfPoint(
  taps: PointTaps,
  point: NumberArray,
  { sizes, strides }: Picture,
  settings: GridSampleSettings,
): void {
  const { offsets, weights } = taps;
  offsets.length = weights.length = 1;
  offsets[0] = 0;
  weights[0] = 1;
  for (let axis = 0; axis < sizes.length; axis++) {
    const along = tapsAlong(point[sizes.length - 1 - axis]!, sizes[axis]!, settings);
    const [outerOffsets, outerWeights] = [offsets.slice(), weights.slice()];
    offsets.length = weights.length = 0;
    for (let i = 0; i < outerOffsets.length; i++) {
      for (const { index, weight } of along) {
        offsets.push(outerOffsets[i]! + index * strides[axis]!);
        weights.push(outerWeights[i]! * weight);
      }
    }
  }
}

interface AxisTap {
  readonly index: number;
  readonly weight: number;
}

function tapsAlong(coordinate: number, size: number, { mode, padding, alignCorners }: GridSampleSettings): AxisTap[] {
  const [low, high] = alignCorners ? [0, size - 1] : [-0.5, size - 0.5];
  const exact = alignCorners ? ((coordinate + 1) / 2) * (size - 1) : ((coordinate + 1) * size - 1) / 2;
  const rounded = mode === "nearest" ? roundHalfEven(Math.fround(exact)) : Math.fround(exact);
  const center = mode === "cubic" ? rounded : bringInside(rounded, size, { low, high, padding });
  if (mode === "nearest") return tap(center, 1);
  const first = Math.floor(center) - (mode === "linear" ? 0 : 1);
  const count = mode === "linear" ? 2 : 4;
  const taps: AxisTap[] = [];
  for (let index = first; index < first + count; index++) {
    const distance = Math.abs(index - center);
    taps.push(...tap(index, mode === "linear" ? 1 - distance : cubicFilter(distance, -0.75)));
  }
  return taps;

  function tap(index: number, weight: number): AxisTap[] {
    const inside = padding === "zeros" ? index : Math.trunc(bringInside(index, size, { low, high, padding }));
    if (padding === "zeros" && !(index >= 0 && index < size)) return [];
    return [{ index: Math.min(Math.max(inside, 0), size - 1), weight }];
  }
}

interface Borders {
  readonly low: number;
  readonly high: number;
  readonly padding: GridSampleSettings["padding"];
}

function bringInside(x: number, size: number, { low, high, padding }: Borders): number {
  if (padding === "zeros" || (x >= low && x <= high)) return x;
  if (padding === "border") return Math.min(Math.max(x, 0), size - 1);
  return reflect(x, low, high);
}

/** Mirrors x at the borders until it lies between them. */
function reflect(x: number, low: number, high: number): number {
  const range = high - low;
  if (range === 0) return low;
  const beyond = x < low ? low - x : x - high;
  const turns = Math.trunc(beyond / range);
  const rest = beyond - turns * range;
  return x < low === (turns % 2 === 0) ? low + rest : high - rest;
}
