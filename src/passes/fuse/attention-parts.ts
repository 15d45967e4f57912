// What stands between the products of an attention that is written out: scale, softcap, mask, guard.

import { constant } from "../../graph/leaves.ts";
import type { Value } from "../../graph/value.ts";
import { add } from "../../ops/add.ts";
import { div } from "../../ops/div.ts";
import { mul } from "../../ops/mul.ts";
import { not } from "../../ops/not.ts";
import { tanh } from "../../ops/tanh.ts";
import { where } from "../../ops/where.ts";
import { scalar } from "../../tensor/numbers.ts";
import { dtypeOf } from "../dtype-of.ts";
import { scalarNumber } from "../scalar-number.ts";

/** The number by which `value` is a multiple of `part`, which is an operand of it or itself: 2 for mul(part, 2), 0.5 for div(part, 2). */
export function factorOver(value: Value, part: Value): number | undefined {
  if (value === part) return 1;
  const { op, operands } = value;
  const other = operands.find((operand) => operand !== part);
  const number = other && scalarNumber(other);
  if (number === undefined || !operands.includes(part)) return undefined;
  if (op === mul) return number;
  return op === div && operands[0] === part ? 1 / number : undefined;
}

/** c where `value` is c · tanh(part / c), 0 where it is `part` itself. */
export function softcapOver(value: Value, part: Value): number | undefined {
  if (value === part) return 0;
  const bend = value.operands.find(({ op }) => op === tanh);
  const cap = bend && factorOver(value, bend);
  const shrink = bend && factorOver(bend.operands[0] as Value, part);
  if (cap === undefined || shrink === undefined) return undefined;
  return Math.abs(cap * shrink - 1) < 1e-4 ? cap : undefined;
}

/** Adding this or less to any score that is of use leaves nothing of the score. */
const overwhelming = -1e30;

/**
 * The mask that turns `scores` into `value`: booleans or a summand; null where the two are the same. Filling in a finite number is taken
 * for adding it only where it is so low that it swallows any score.
 */
export function maskOver(value: Value, scores: Value): Value | null | undefined {
  if (value === scores) return null;
  if (value.op === where) return fillOver(value, scores);
  const [a, b] = value.operands as [Value, Value];
  if (value.op !== add) return undefined;
  const [inner, summand] = a === scores || isFill(a, scores) ? [a, b] : [b, a];
  if (inner === scores) return summand;
  const fill = isFill(inner, scores) ? fillOver(inner, scores, true) : undefined;
  return fill === undefined ? undefined : add(fill, summand);
}

const isFill = ({ op, operands }: Value, scores: Value): boolean => op === where && operands.includes(scores, 1);

/** The mask of where(condition, scores, low): the condition itself for minus infinity, else a summand. */
function fillOver({ operands }: Value, scores: Value, asSummand = false): Value | undefined {
  const [condition, x, y] = operands as [Value, Value, Value];
  const filler = x === scores ? y : x;
  const low = scalarNumber(filler);
  if (low === undefined || low > overwhelming || x === y) return undefined;
  const kept = x === scores ? condition : not(condition);
  if (low === -Infinity && !asSummand) return kept;
  const dtype = dtypeOf(filler);
  return dtype && where(kept, constant(scalar(dtype, 0)), filler);
}
