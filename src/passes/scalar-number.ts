import { constantTensor } from "../graph/leaves.ts";
import type { Value } from "../graph/value.ts";
import { numbers } from "../tensor/numbers.ts";
import { elementCount } from "../tensor/tensor.ts";

/** The number that a constant of one element holds; undefined for anything else. */
export function scalarNumber(value: Value): number | undefined {
  const held = constantTensor(value);
  if (held === undefined || held.dtype === "string" || elementCount(held.shape) !== 1) return undefined;
  return held.dtype === "c64" || held.dtype === "c128" ? undefined : numbers(held)[0];
}
