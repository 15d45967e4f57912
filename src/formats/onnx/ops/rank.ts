import type { Value } from "../../../graph/value.ts";
import { resolveAxis } from "../../../ops/axis.ts";
import { operandShape } from "../../../ops/tensor-operand.ts";
import { UnsupportedError } from "../../../tensor/errors.ts";

/** The rank of a tensor, for expansions that depend on it. Throws UnsupportedError where it is not known before the model runs. */
export function rankOf(x: Value, name: string): number {
  const rank = operandShape(x, name)?.length;
  if (rank !== undefined) return rank;
  throw new UnsupportedError(`the rank of ${name} is not known before the model runs; export the model with shapes.`);
}

/** The axis counted from the front where the rank is known, else as it is. */
export function settleAxis(axis: number, x: Value, name: string): number {
  const rank = operandShape(x, name)?.length;
  return rank === undefined ? axis : resolveAxis(axis, rank);
}
