import { constant } from "../../../graph/leaves.ts";
import { formatType } from "../../../graph/type.ts";
import type { Value } from "../../../graph/value.ts";
import { add } from "../../../ops/add.ts";
import { and } from "../../../ops/and.ts";
import { greater } from "../../../ops/greater.ts";
import { greaterEqual } from "../../../ops/greater-equal.ts";
import { less } from "../../../ops/less.ts";
import { range } from "../../../ops/range.ts";
import { slice } from "../../../ops/slice.ts";
import { operandShape } from "../../../ops/tensor-operand.ts";
import { unsqueeze } from "../../../ops/unsqueeze.ts";
import { where } from "../../../ops/where.ts";
import { addDims, dimEquals, mulDims } from "../../../tensor/dim.ts";
import { UnsupportedError } from "../../../tensor/errors.ts";
import { scalar } from "../../../tensor/numbers.ts";
import { joinSizes, reshapeTo, sizeOf } from "../shape-values.ts";
import { castTo, constantLike } from "./precision.ts";
import { rankOf } from "./rank.ts";

/** What an attention is over: q [batch, heads, queries, size] and k [batch, kvHeads, keys, size]. */
export interface QueryAndKey {
  readonly q: Value;
  readonly k: Value;
  /** How many keys come before that of the first query: one integer. */
  readonly past: Value;
}

/** 0, 1, 2, ... up to but without `count`, an integer: a vector of i64. */
export const countUp = (count: Value): Value =>
  range(constant(scalar("i64", 0)), reshapeTo(castTo(count, "i64"), []), constant(scalar("i64", 1)));

/**
 * What a padding mask adds to scores [batch, heads, queries, keys]: 0 where a key counts, `filter` where not. The mask has one
 * entry a key [batch, keys] or a query and key [batch, queries, keys], above 0 where the key counts; or lengths [batch]; or ends
 * and then starts [2·batch]; or lengths and then two lists of sums of lengths [3·batch + 2], which say nothing more; or
 * entries for the longest sequence [batch, 1, longest, longest].
 */
export function maskScores(mask: Value, over: QueryAndKey, filter: number): Value {
  const keep = (isKept: Value): Value => where(isKept, constantLike(over.q, 0), constantLike(over.q, filter));
  switch (rankOf(mask, "the mask")) {
    case 1:
      return unsqueeze(keep(withinLengths(mask, over)), [1, 2]);
    case 2:
      return unsqueeze(keep(greater(mask, 0)), [1, 2]);
    case 3:
      return unsqueeze(keep(greater(mask, 0)), [1]);
    default:
      return keep(greater(windowOf(mask, over), 0));
  }
}

/** Whether keys lie before the end of their sequence, and not before its start where there is one: [batch, keys]. */
function withinLengths(mask: Value, { q, k }: QueryAndKey): Value {
  const [positions, lengths, batch] = [countUp(sizeOf(k, 2)), castTo(mask, "i64"), sizeOf(q, 0)];
  const kind = kindOf(mask, q);
  if (kind === "ends") return less(positions, unsqueeze(lengths, [1]));
  const isBefore = less(positions, unsqueeze(slice(lengths, [0], batch, [0], undefined), [1]));
  if (kind === "ends and sums") return isBefore;
  const starts = slice(lengths, batch, add(batch, batch), [0], undefined);
  return and(isBefore, greaterEqual(positions, unsqueeze(starts, [1])));
}

function kindOf(mask: Value, q: Value): "ends" | "ends and starts" | "ends and sums" {
  const [length, batch] = [operandShape(mask, "the mask")?.[0], operandShape(q, "q")?.[0]];
  if (length !== undefined && batch !== undefined) {
    if (dimEquals(length, batch)) return "ends";
    if (dimEquals(length, mulDims(2, batch))) return "ends and starts";
    if (dimEquals(length, addDims(mulDims(3, batch), 2))) return "ends and sums";
  }
  throw new UnsupportedError(
    `a mask ${formatType(mask.type)} does not tell whether it has one or two numbers for each of the batch of ${formatType(q.type)}; declare its size, or give it one entry a key.`,
  );
}

/** The rows and columns of a mask [batch, 1, longest, longest] that queries and keys have. */
function windowOf(mask: Value, { q, k, past }: QueryAndKey): Value {
  const first = reshapeTo(castTo(past, "i64"), [1]);
  return slice(mask, joinSizes(first, [0]), joinSizes(add(first, sizeOf(q, 2)), sizeOf(k, 2)), [2, 3], undefined);
}
