import type { Op } from "../graph/op.ts";
import { operandName } from "../graph/operand-name.ts";
import type { Datum } from "../tensor/datum.ts";
import { LimitError, ShapeError } from "../tensor/errors.ts";
import { describeFeed } from "./describe-feed.ts";

/** Names with what they stand for. */
type Named = readonly (readonly [name: string, datum: Datum | undefined])[];

/**
 * What to throw when a step failed: a ShapeError names the operands and the inputs of the run, from which the shapes follow, and memory that
 * the machine does not have is a LimitError. Anything else stays as it is.
 */
export function stepFailure(error: unknown, op: Op, operands: readonly (Datum | undefined)[], inputs: Named): unknown {
  const named = operands.map((datum, i): Named[number] => [operandName(op, i), datum]);
  if (error instanceof ShapeError) {
    error.message += ` The operands of the step are ${list(named)}. Check the inputs of this run: ${list(inputs)}.`;
    return error;
  }
  if (!isOutOfMemory(error)) return error;
  return new LimitError(
    `there is not enough memory for the result (${error.message}). The operands of the step are ${list(named)}. Use smaller inputs, or a machine with more memory.`,
    { cause: error },
  );
}

/** True for what engines throw when a buffer or an array cannot be made. */
export function isOutOfMemory(error: unknown): error is RangeError {
  return error instanceof RangeError && /alloc|array length|memory|buffer/i.test(error.message);
}

function list(named: Named): string {
  const given = named.filter(([, datum]) => datum !== undefined);
  return given.map(([name, datum]) => `${name} ${describeFeed(datum)}`).join(", ") || "none";
}
