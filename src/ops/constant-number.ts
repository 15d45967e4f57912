import { constantTensor } from "../graph/leaves.ts";
import type { Value } from "../graph/value.ts";
import { is64BitInteger } from "../tensor/dtype.ts";
import { numbers } from "../tensor/numbers.ts";
import { elementCount } from "../tensor/tensor.ts";

/** The one element of a numeric constant operand; undefined when it is not known, not alone, or may lie beyond 2^53. */
export function constantNumber(value: Value): number | undefined {
  const held = constantTensor(value);
  if (held === undefined || is64BitInteger(held.dtype) || elementCount(held.shape) !== 1) return undefined;
  return numbers(held)[0];
}
