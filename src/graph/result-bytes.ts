import type { Datum } from "../tensor/datum.ts";
import { isTensor } from "../tensor/datum.ts";
import { bytesFor } from "../tensor/dtype.ts";
import { LimitError } from "../tensor/errors.ts";
import { elementCount } from "../tensor/tensor.ts";
import { absent, constant, input } from "./leaves.ts";
import type { Op } from "./op.ts";
import type { Type } from "./type.ts";
import { tensorType } from "./type.ts";
import type { Attributes, Value } from "./value.ts";

/** Operands of up to this many elements may hold shapes or bounds: their contents take part in inference. */
const smallCount = 1024;

function asValue(datum: Datum | undefined): Value | undefined {
  if (datum === undefined) return absent;
  if (!isTensor(datum)) return undefined;
  const isSmall = elementCount(datum.shape) <= smallCount;
  return isSmall ? constant(datum) : input("operand", tensorType(datum.dtype, datum.shape));
}

/**
 * The bytes that an operator's results will take for these inputs, by its own type rule: what cannot be told counts as nothing.
 * For results whose size depends on data, so that it can be checked before anything is allocated.
 */
export function resultBytes(op: Op, inputs: readonly (Datum | undefined)[], attributes: Attributes): number {
  const operands = inputs.map(asValue);
  if (operands.includes(undefined)) return 0;
  return bytesOfType(op.infer(operands as Value[], attributes));
}

/** Throws LimitError when the results of an operator would take more than `maxBytes`. */
export function checkResult(
  op: Op,
  inputs: readonly (Datum | undefined)[],
  attributes: Attributes,
  maxBytes: number,
): void {
  const bytes = resultBytes(op, inputs, attributes);
  if (bytes <= maxBytes) return;
  throw new LimitError(
    `the result takes ${bytes} bytes, more than limits.maxArenaBytes = ${maxBytes}. Use smaller inputs or raise that limit.`,
  );
}

function bytesOfType(type: Type): number {
  if (type.kind === "tuple") return type.items.reduce((sum, item) => sum + bytesOfType(item), 0);
  if (type.kind !== "tensor" || type.shape === undefined) return 0;
  const known = type.shape.filter((dim) => typeof dim === "number");
  return known.length === type.shape.length ? bytesFor(type.dtype, elementCount(known)) : 0;
}
