import type { Op } from "./op.ts";
import { bindOp, oneOfOp } from "./pattern.ts";
import type { Term } from "./value.ts";

/** The operators of the values that a pattern can match. */
export function rootOps(pattern: Term<string>): readonly Op[] {
  if (pattern.op === bindOp || pattern.op === oneOfOp) return pattern.operands.flatMap(rootOps);
  return [pattern.op];
}
