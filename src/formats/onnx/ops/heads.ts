// Heads packed into the last axis, as most exporters write them, and the layout of the engine's attention operators.

import type { Value } from "../../../graph/value.ts";
import { operandShape } from "../../../ops/tensor-operand.ts";
import { transpose } from "../../../ops/transpose.ts";
import { FormatError, UnsupportedError } from "../../../tensor/errors.ts";
import { joinSizes, reshapeTo, sizesOf } from "../shape-values.ts";

/** [batch, steps, heads · size] to [batch, heads, steps, size]. */
export const splitHeads = (x: Value, heads: number): Value =>
  transpose(reshapeTo(x, joinSizes(sizesOf(x, 0, 2), [heads, -1])), { permutation: [0, 2, 1, 3] });

/** [batch, heads, steps, size] to [batch, steps, heads · size]. */
export function mergeHeads(x: Value): Value {
  const rows = transpose(x, { permutation: [0, 2, 1, 3] });
  return reshapeTo(rows, joinSizes(sizesOf(rows, 0, 2), [-1]));
}

/** The size of a head of x [batch, heads, steps, size]. Throws UnsupportedError where it is not known before the model runs. */
export function headSize(x: Value, name: string): number {
  const size = operandShape(x, name, 4)?.[3];
  if (typeof size === "number") return size;
  throw new UnsupportedError(`the head size of ${name} is not known before the model runs; give the node a scale.`);
}

/** The number of heads that an attribute gives. */
export function headCount(heads: number | undefined, attribute: string): number {
  if (heads !== undefined && heads > 0) return heads;
  throw new FormatError(`the attribute "${attribute}" must be a positive number of heads, got ${heads ?? "none"}.`);
}
