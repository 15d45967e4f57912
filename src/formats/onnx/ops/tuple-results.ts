import type { Value } from "../../../graph/value.ts";
import { pick } from "../../../ops/pick.ts";

/** Every result of an operator that has several. */
export function tupleResults(tuple: Value): Value[] {
  const count = tuple.type.kind === "tuple" ? tuple.type.items.length : 0;
  return Array.from({ length: count }, (_unused, index) => pick(tuple, { index }));
}
