import type { Value } from "../../graph/value.ts";

/**
 * The first axis, counted from the back, of a reduction that keeps its axes as dims of 1 and reduces the trailing ones only: -1 for
 * the last axis, -2 for the last two. Undefined for any other reduction.
 */
export function trailingAxis({ attributes, operands }: Value): number | undefined {
  const { axes, keepDims } = attributes as { axes?: readonly number[]; keepDims?: boolean };
  const type = operands[0]?.type;
  if (keepDims !== true || type?.kind !== "tensor") return undefined;
  const rank = type.shape?.length;
  if (axes === undefined) return rank === undefined || rank === 0 ? undefined : -rank;
  if (axes.length === 0 || (rank === undefined && axes.some((axis) => axis >= 0))) return undefined;
  const fromBack = axes.map((axis) => (axis < 0 ? axis : axis - (rank as number))).sort((a, b) => a - b);
  return fromBack.every((axis, i) => axis === i - axes.length) ? -axes.length : undefined;
}
