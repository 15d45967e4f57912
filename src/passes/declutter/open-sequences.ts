import { knownNumbers } from "../../graph/known-dims.ts";
import { isAbsent } from "../../graph/leaves.ts";
import type { Op } from "../../graph/op.ts";
import type { Simplifier } from "../../graph/rewrite.ts";
import type { Value } from "../../graph/value.ts";
import { concat } from "../../ops/concat.ts";
import { sequence } from "../../ops/sequence.ts";
import { sequenceAt } from "../../ops/sequence-at.ts";
import { sequenceConcat } from "../../ops/sequence-concat.ts";
import { sequenceErase } from "../../ops/sequence-erase.ts";
import { sequenceInsert } from "../../ops/sequence-insert.ts";
import { unsqueeze } from "../../ops/unsqueeze.ts";

/** Looks into sequences whose items are known values: what is done to the sequence becomes something done to the items. */
export const openSequences: Simplifier = {
  name: "open-sequences",
  apply(value) {
    const [list, ...others] = value.operands;
    return list?.op === sequence ? steps.get(value.op)?.(list.operands, others, value) : undefined;
  },
};

type Step = (items: readonly Value[], others: readonly Value[], root: Value) => Value | undefined;

const steps: ReadonlyMap<Op, Step> = new Map<Op, Step>([
  [sequenceAt, (items, [position]) => items.at(knownPlace(position, items.length) ?? items.length)],
  [sequenceConcat, joined],
  [sequenceErase, erased],
  [sequenceInsert, inserted],
]);

/** The place that a known position tells; undefined when it is not known or out of range. */
function knownPlace(position: Value | undefined, length: number): number | undefined {
  const [at, ...more] = (position && knownNumbers(position)) ?? [];
  if (at === undefined || more.length > 0 || at < -length || at >= length) return undefined;
  return at < 0 ? at + length : at;
}

function joined(items: readonly Value[], _others: readonly Value[], root: Value): Value | undefined {
  if (items.length === 0) return undefined;
  const { axis, newAxis } = root.attributes as { readonly axis: number; readonly newAxis: boolean };
  const parts = newAxis ? items.map((item) => unsqueeze(item, [axis])) : items;
  return concat(parts, { axis });
}

function erased(items: readonly Value[], [position]: readonly Value[]): Value | undefined {
  if (items.length < 2) return undefined;
  const at = position === undefined || isAbsent(position) ? items.length - 1 : knownPlace(position, items.length);
  return at === undefined ? undefined : sequence(items.toSpliced(at, 1));
}

function inserted(items: readonly Value[], [item, position]: readonly Value[]): Value | undefined {
  if (item === undefined) return undefined;
  if (position === undefined || isAbsent(position)) return sequence([...items, item]);
  const at = knownNumbers(position)?.length === 1 ? knownNumbers(position)?.[0] : undefined;
  if (at === undefined || at < -items.length || at > items.length) return undefined;
  return sequence(items.toSpliced(at, 0, item));
}
