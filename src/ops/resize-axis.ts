// One axis of a resize: how long the result is, where its elements lie in the input, and which inputs they mix.

import type { Dim } from "../tensor/dim.ts";
import { floorDivDims, mulDims, unknownDim } from "../tensor/dim.ts";

export type ResizeCoordinates =
  | "halfPixel"
  | "halfPixelSymmetric"
  | "pytorchHalfPixel"
  | "alignCorners"
  | "asymmetric"
  | "cropAndResize"
  /** Half pixels without the shift back by a half. */
  | "halfPixelFloor";

export type ResizeRounding =
  | "preferFloor"
  | "preferCeil"
  | "floor"
  | "ceil"
  /** Down, but up along an axis that shrinks. */
  | "simple";

export interface ResizeSettings {
  readonly mode: "nearest" | "linear" | "cubic";
  readonly coordinates: ResizeCoordinates;
  /** How `nearest` rounds a coordinate; preferFloor and preferCeil say where halves go. */
  readonly rounding?: ResizeRounding | undefined;
  /** The steepness of the cubic filter; -0.75 when left out. */
  readonly cubicA?: number | undefined;
  /** Elements outside the input get no weight, and the others share it; otherwise the edge is repeated. */
  readonly excludeOutside?: boolean | undefined;
  /** Widens the filter where the result is smaller, so that every input counts. */
  readonly antialias?: boolean | undefined;
  /** What cropAndResize puts where the region leaves the input; 0 when left out. */
  readonly extrapolation?: number | undefined;
}

/** A scale as a quotient, so that sizes and coordinates come out exact where the fraction behind a rounded float is plain. */
export interface Ratio {
  readonly over: number;
  readonly under: number;
}

/** The simplest fraction that rounds to the f32 `scale`; the scale itself over 1 where none is found. */
export function ratioOf(scale: number): Ratio {
  for (let under = 1; under <= 1024; under++) {
    const over = Math.round(scale * under);
    if (over > 0 && Math.fround(over / under) === Math.fround(scale)) return { over, under };
  }
  return { over: scale, under: 1 };
}

/** floor(size · scale). Unknown for a symbolic size times a scale that is no plain fraction. */
export function scaledDim(size: Dim, { over, under }: Ratio): Dim {
  if (Number.isInteger(over)) return floorDivDims(mulDims(size, over), under);
  return typeof size === "number" ? Math.floor(Math.fround(size * over)) : unknownDim;
}

export interface ResizeAxis {
  readonly input: number;
  readonly output: number;
  readonly scale: Ratio;
  /** The part of the input, as fractions of its length, that cropAndResize fills the output with. */
  readonly region: readonly [number, number];
}

/** True where every element of the result is the input's element at the same place. */
export const isIdentity = ({ input, output, scale, region }: ResizeAxis): boolean =>
  input === output && scale.over === scale.under && region[0] === 0 && region[1] === 1;

/** Where element `x` of the result lies in the input. */
function coordinate(x: number, { input, output, scale, region }: ResizeAxis, kind: ResizeCoordinates): number {
  const length = (input * scale.over) / scale.under;
  const halfPixel = ((x + 0.5) * scale.under) / scale.over - 0.5;
  switch (kind) {
    case "halfPixel":
      return halfPixel;
    case "halfPixelFloor":
      return halfPixel + 0.5;
    case "halfPixelSymmetric":
      return (input / 2) * (1 - output / length) + halfPixel;
    case "pytorchHalfPixel":
      return output === 1 ? -0.5 : halfPixel;
    case "asymmetric":
      return (x * scale.under) / scale.over;
    case "alignCorners":
      return length === 1 ? 0 : (x * (input - 1)) / (length - 1);
    case "cropAndResize": {
      const [start, end] = region;
      if (length === 1) return ((start + end) * (input - 1)) / 2;
      return start * (input - 1) + (x * (end - start) * (input - 1)) / (length - 1);
    }
  }
}

/** For each element of the result: `count` inputs and their weights; `outside` marks those that get the extrapolation value. */
export interface AxisSamples {
  readonly count: number;
  readonly indices: Int32Array;
  readonly weights: Float64Array;
  readonly outside: Uint8Array;
}

const roundings: Record<Exclude<ResizeRounding, "simple">, (x: number) => number> = {
  preferFloor: (x) => Math.ceil(x - 0.5),
  preferCeil: (x) => Math.floor(x + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};

function roundingOf({ rounding = "preferFloor" }: ResizeSettings, { over, under }: Ratio): (x: number) => number {
  if (rounding !== "simple") return roundings[rounding];
  return over < under ? Math.ceil : Math.floor;
}

const clamp = (index: number, size: number): number => Math.min(Math.max(index, 0), size - 1);

/** Works out the samples of one axis. */
export function sampleAxis(axis: ResizeAxis, settings: ResizeSettings): AxisSamples {
  const { input, output } = axis;
  const { mode, coordinates, antialias = false } = settings;
  const round = roundingOf(settings, axis.scale);
  const squeeze = antialias ? Math.min(1, axis.scale.over / axis.scale.under) : 1;
  const reach = mode === "nearest" ? 0.5 : (mode === "linear" ? 1 : 2) / squeeze;
  const count = mode === "nearest" ? 1 : Math.ceil(2 * reach);
  const samples = {
    count,
    indices: new Int32Array(output * count),
    weights: new Float64Array(output * count).fill(1),
    outside: new Uint8Array(output),
  };
  for (let x = 0; x < output; x++) {
    const center = coordinate(x, axis, coordinates);
    if (coordinates === "cropAndResize" && (center < 0 || center > input - 1)) samples.outside[x] = 1;
    if (mode === "nearest") samples.indices[x] = clamp(round(center), input);
    else weigh(samples, x, center, { input, reach, squeeze }, settings);
  }
  return samples;
}

function weigh(
  { count, indices, weights }: AxisSamples,
  x: number,
  center: number,
  { input, reach, squeeze }: { readonly input: number; readonly reach: number; readonly squeeze: number },
  { mode, cubicA = -0.75, excludeOutside = false }: ResizeSettings,
): void {
  const first = Math.floor(center - reach) + 1;
  let total = 0;
  for (let i = 0; i < count; i++) {
    const distance = Math.abs(first + i - center) * squeeze;
    const isOutside = first + i < 0 || first + i >= input;
    const weight = mode === "linear" ? Math.max(0, 1 - distance) : cubicFilter(distance, cubicA);
    indices[x * count + i] = clamp(first + i, input);
    weights[x * count + i] = excludeOutside && isOutside ? 0 : weight;
    total += weights[x * count + i]!;
  }
  if (total === 0 || (!excludeOutside && squeeze === 1)) return;
  for (let i = 0; i < count; i++) weights[x * count + i]! /= total;
}

/** The cubic convolution filter of Keys, which is 1 at 0 and 0 from 2 on. */
export function cubicFilter(distance: number, a: number): number {
  if (distance <= 1) return ((a + 2) * distance - (a + 3)) * distance * distance + 1;
  if (distance < 2) return ((distance - 5) * distance + 8) * distance * a - 4 * a;
  return 0;
}
