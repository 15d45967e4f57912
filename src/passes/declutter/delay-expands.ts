import { construct } from "../../graph/construct.ts";
import type { Op } from "../../graph/op.ts";
import type { Simplifier } from "../../graph/rewrite.ts";
import type { Value } from "../../graph/value.ts";
import { attention } from "../../ops/attention.ts";
import { cast } from "../../ops/cast.ts";
import { expand } from "../../ops/expand.ts";
import { where } from "../../ops/where.ts";
import { isUnknownDim } from "../../tensor/dim.ts";
import { sameType } from "../same-type.ts";

const isElementwise = (op: Op): boolean => "binary" in op || "unary" in op || op === where || op === cast;

/** The operands that may have dims of 1 where the others, or the result, have more. */
const broadcasting = ({ op, operands }: Value): readonly number[] => {
  if (op === attention) return [3];
  return isElementwise(op) ? operands.map((_operand, i) => i) : [];
};

/**
 * Expands after elementwise operators instead of before them, and not at all where the operator broadcasts to the same shape by itself:
 * cast(expand(x)) is expand(cast(x)), and add(y, expand(x)) is add(y, x) where y has the full shape.
 */
export const delayExpands: Simplifier = {
  name: "delay-expands",
  apply(value) {
    const { op, operands, attributes, type } = value;
    const places = broadcasting(value).filter((i) => operands[i]?.op === expand);
    if (places.length === 0) return undefined;
    const short = operands.map((operand, i) => (places.includes(i) ? (operand.operands[0] as Value) : operand));
    const early = construct(op, short, attributes) as Value;
    if (sameType(early, value)) return early;
    if (op === attention || type.kind !== "tensor" || type.shape?.some(isUnknownDim) !== false) return undefined;
    const late = expand(early, type.shape);
    return sameType(late, value) ? late : undefined;
  },
};
