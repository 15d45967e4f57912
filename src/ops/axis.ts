import { ShapeError } from "../tensor/errors.ts";

/** The axis counted from the front. Throws ShapeError outside [-rank, rank). */
export function resolveAxis(axis: number, rank: number, what = "axis"): number {
  if (Number.isInteger(axis) && axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  const range = rank === 0 ? "a scalar has no axes" : `expected ${-rank} to ${rank - 1}`;
  throw new ShapeError(`${what} ${axis} is out of range for rank ${rank}: ${range}.`);
}

/** Axes counted from the front. Throws ShapeError when one is out of range or comes twice. */
export function resolveAxes(axes: readonly number[], rank: number, what = "axes"): number[] {
  const resolved = axes.map((axis) => resolveAxis(axis, rank, `${what}:`));
  if (new Set(resolved).size === resolved.length) return resolved;
  throw new ShapeError(`${what} [${axes.join(", ")}] name one axis twice (rank ${rank}).`);
}
