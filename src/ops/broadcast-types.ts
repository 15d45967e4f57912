import { formatType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import type { Dim } from "../tensor/dim.ts";
import { broadcastDims } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { tensorOperand } from "./tensor-operand.ts";

/** The numpy broadcast of the operands' shapes; undefined as soon as one rank is unknown. Throws ShapeError naming both types. */
export function broadcastTypes(values: readonly Value[], names: readonly string[]): readonly Dim[] | undefined {
  let result: readonly Dim[] | undefined = [];
  values.forEach((value, i) => {
    const { shape } = tensorOperand(value, names[i] ?? `operand ${i}`);
    result = result === undefined || shape === undefined ? undefined : broadcastPair(result, shape, values, names);
  });
  return result;
}

function broadcastPair(
  a: readonly Dim[],
  b: readonly Dim[],
  values: readonly Value[],
  names: readonly string[],
): Dim[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_unused, i) => {
    const dim = broadcastDims(a[i - rank + a.length] ?? 1, b[i - rank + b.length] ?? 1);
    if (dim !== undefined) return dim;
    const operands = values.map((value, j) => `${names[j] ?? `operand ${j}`} ${formatType(value.type)}`);
    throw new ShapeError(`the shapes do not broadcast: ${operands.join(", ")}.`);
  });
}
