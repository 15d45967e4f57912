import type { Dim } from "../tensor/dim.ts";
import {
  addDims,
  ceilDivDims,
  dimAtLeast,
  isUnknownDim,
  maxDims,
  minDims,
  mulDims,
  subDims,
  unknownDim,
} from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";

/** The indices first, first + step, ...: `count` of them. */
export interface SliceRange {
  readonly first: number;
  readonly count: number;
  readonly step: number;
}

/** The indices that start:end:step takes out of an axis. */
export function sliceRange(start: number, end: number, step: number, length: number): SliceRange {
  checkStep(step);
  const [low, high] = step > 0 ? [0, length] : [-1, length - 1];
  const clamp = (bound: number, least: number) => Math.max(least, Math.min(high, bound < 0 ? bound + length : bound));
  const first = clamp(start, step > 0 || length === 0 ? low : 0);
  const count = Math.max(0, Math.ceil((clamp(end, low) - first) / step));
  return { first: count === 0 ? 0 : first, count, step };
}

/** How many indices start:end:step takes out of an axis, as far as that is known. */
export function sliceLength(start: Dim, end: Dim, step: number, length: Dim): Dim {
  checkStep(step);
  if (typeof start === "number" && typeof end === "number" && typeof length === "number") {
    return sliceRange(start, end, step, length).count;
  }
  if (step > 0) return ceilDivDims(forwardSpan(start, end, length), step);
  return ceilDivDims(backwardSpan(start, end, length), -step);
}

function checkStep(step: number): void {
  if (step === 0) throw new ShapeError("steps must not be 0.");
}

const beyond = Number.MAX_SAFE_INTEGER;
const isBeyond = (bound: Dim): boolean => typeof bound === "number" && bound >= beyond;

/** max(end - start, 0) with both clamped to [0, length]. A start past the end needs no clamping: the difference is negative. */
function forwardSpan(start: Dim, end: Dim, length: Dim): Dim {
  const isToEnd = isBeyond(end) || end === length || dimAtLeast(subDims(end, length), 0);
  if (isToEnd && typeof start === "number" && start < 0) return start <= -beyond ? length : minDims(-start, length);
  const from = dimAtLeast(start, 0) ? start : clampForward(start, length);
  return nonNegative(subDims(isToEnd ? length : clampForward(end, length), from));
}

/** A bound of a forward slice in [0, length]; unknown where it cannot be told whether it counts from the end. */
function clampForward(bound: Dim, length: Dim): Dim {
  if (typeof bound === "number" && bound <= -beyond) return 0;
  if (dimAtLeast(bound, 0)) return minDims(bound, length);
  const fromEnd = addDims(bound, length);
  if (dimAtLeast(mulDims(bound, -1), 1)) return nonNegative(fromEnd);
  // When bound < 0 implies that bound + length <= 0 too, both readings clamp to 0.
  const impliesEmpty = [0, 1, 2, 4].some((c) => dimAtLeast(subDims(mulDims(addDims(bound, 1), c), fromEnd), 0));
  return impliesEmpty ? nonNegative(minDims(bound, length)) : unknownDim;
}

/** max(start - end, 0) for a negative step: start is clamped to [0, length-1], end to [-1, length-1]. */
function backwardSpan(start: Dim, end: Dim, length: Dim): Dim {
  const last = subDims(length, 1);
  const fromLast = start === -1 || isBeyond(start);
  const isToFront = typeof end === "number" && end <= -beyond;
  const to = isToFront ? -1 : clampBackward(end, length, -1);
  if (fromLast) return nonNegative(subDims(last, to));
  // An empty axis has no place 0 to clamp to.
  return minDims(nonNegative(subDims(clampBackward(start, length, 0), to)), length);
}

function clampBackward(bound: Dim, length: Dim, least: number): Dim {
  const last = subDims(length, 1);
  if (isUnknownDim(bound)) return unknownDim;
  if (dimAtLeast(bound, 0)) return minDims(bound, last);
  return dimAtLeast(mulDims(bound, -1), 1) ? maxDims(addDims(bound, length), least) : unknownDim;
}

const nonNegative = (dim: Dim): Dim => maxDims(dim, 0);
