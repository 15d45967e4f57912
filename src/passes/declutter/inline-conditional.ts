import { knownNumbers } from "../../graph/known-dims.ts";
import { pickOp } from "../../graph/leaves.ts";
import type { Simplifier } from "../../graph/rewrite.ts";
import { applyGraph } from "../../graph/substitute.ts";
import type { Value } from "../../graph/value.ts";
import type { ConditionalAttributes } from "../../ops/conditional.ts";
import { conditional } from "../../ops/conditional.ts";

/** Puts the outputs of the branch in place of a conditional whose condition is known. */
export const inlineConditional: Simplifier = {
  name: "inline-conditional",
  apply({ op, operands, attributes }) {
    const [tuple] = operands;
    if (op !== pickOp || tuple?.op !== conditional) return undefined;
    return takenBranch(tuple)?.[attributes["index"] as number];
  },
};

const taken = new WeakMap<Value, readonly Value[]>();

/** One copy for all results of a conditional, so that what they share stays shared. */
function takenBranch(value: Value): readonly Value[] | undefined {
  const [condition, ...captures] = value.operands;
  const known = condition && knownNumbers(condition);
  if (known?.length !== 1) return undefined;
  const { thenBranch, elseBranch } = value.attributes as unknown as ConditionalAttributes;
  const results = taken.get(value) ?? applyGraph(known[0] === 0 ? elseBranch : thenBranch, captures);
  taken.set(value, results);
  return results;
}
