import type { Combine, Variable } from "../builder.ts";
import type { Node, Region } from "../node.ts";
import type { VecType } from "../type.ts";
import { elementOf } from "../type.ts";
import type { View } from "../view.ts";
import { foldScalable } from "./expand-scalable-fold.ts";
import type { Elements, Step, Stepping } from "./fold-elements.ts";
import { foldBlock, foldWidth, inGroups } from "./fold-elements.ts";
import { foldScratch, foldTogether } from "./fold-together.ts";
import { isShort } from "./is-short.ts";
import type { Legalizer } from "./legalizer.ts";

/** The scalar that a fold comes to. Steps of some length have their accumulators in scratch, so that their code is there once. */
export function expandFold(l: Legalizer, node: Node, scratch: View, visit: (node: Node) => void): Node {
  const region = node.regions[0] as Region;
  const [acc, i, part] = region.params;
  const type = `vec ${elementOf(node.type)}` as VecType;
  const [n, init] = node.args.map((arg) => l.get(arg)) as [Node, Node];
  const begin = ({ value, index, count }: Stepping): void => {
    l.bind(acc, value());
    l.bind(i, index);
    l.bindPart(part, count);
  };
  const result = (): Node => l.get(region.yields[0]);
  const steps: Elements["steps"] = (all) =>
    inGroups(all, (group) =>
      l.turns(
        region,
        visit,
        group.map((each) => ({ begin: () => begin(each), result })),
      ),
    );
  const step: Step = (value, index, count) => {
    begin({ value: () => value, index, count });
    region.body.forEach(visit);
    return result();
  };
  const start = l.splat(init, type);
  const combine = node.immediate["combine"] as Combine;
  const elements = { n, whole: l.and(n, -foldWidth), scratch, step, steps };
  if (l.isScalable) {
    foldScalable(l, { ...elements, start, isShort: isShort(region) });
    return foldScratch(l, { combine, scratch });
  }
  const count = Math.max(1, foldWidth / l.laneCount);
  const vectors = isShort(region)
    ? foldInRegisters(
        l,
        Array.from({ length: count }, () => l.variable(start)),
        elements,
      )
    : foldInScratch(
        l,
        Array.from({ length: count }, () => start),
        elements,
      );
  return foldTogether(l, vectors, { combine, scratch });
}

/** The accumulators in variables, one group of them at a time; only the last elements go through scratch. */
function foldInRegisters(l: Legalizer, accumulators: readonly Variable[], elements: Elements): Node[] {
  const { n, whole, scratch, steps } = elements;
  const { foldRegisters } = l.target;
  const pass = (group: number, lo: Node, hi: Node): void =>
    l.loop(lo, hi, foldWidth, (chunk) => {
      const some = accumulators.slice(group, group + foldRegisters);
      const at = (j: number): Node => l.iadd(chunk, (group + j) * l.laneCount);
      const next = steps(some.map((each, j) => ({ value: each.get, index: at(j) })));
      some.forEach((each, j) => void each.set(next[j] as Node));
    });
  if (accumulators.length <= foldRegisters) pass(0, l.constant(0, "i32"), whole);
  else {
    l.loop(0, whole, foldBlock, (lo) => {
      const hi = l.imin(l.iadd(lo, foldBlock), whole);
      for (let group = 0; group < accumulators.length; group += foldRegisters) pass(group, lo, hi);
    });
  }
  l.when(l.isub(n, whole), () => {
    spread(
      l,
      accumulators.map((each) => each.get()),
      scratch,
    );
    foldRest(l, elements);
    gather(l, accumulators.length, scratch).forEach((value, j) => void accumulators[j]?.set(value));
  });
  return accumulators.map((each) => each.get());
}

/** The accumulators in scratch, each read and written again every 64 elements. */
function foldInScratch(l: Legalizer, starts: readonly Node[], elements: Elements): Node[] {
  const { whole, scratch, step } = elements;
  spread(l, starts, scratch);
  l.loop(0, whole, foldWidth, (chunk) => {
    l.loop(0, foldWidth, l.laneCount, (j) => {
      l.writeTo(scratch, j, step(l.readFrom(scratch, j, "vec"), l.iadd(chunk, j)));
    });
  });
  foldRest(l, elements);
  return gather(l, starts.length, scratch);
}

function spread(l: Legalizer, values: readonly Node[], scratch: View): void {
  values.forEach((value, j) => void l.writeTo(scratch, j * l.laneCount, value));
}

function gather(l: Legalizer, count: number, scratch: View): Node[] {
  return Array.from({ length: count }, (_, j) => l.readFrom(scratch, j * l.laneCount, "vec"));
}

/** The last elements, fewer than 64, with the accumulators in scratch. */
function foldRest(l: Legalizer, { n, whole, scratch, step }: Elements): void {
  const lanes = l.laneCount;
  const rest = l.isub(n, whole);
  const full = l.and(rest, -lanes);
  l.loop(0, full, lanes, (j) => {
    l.writeTo(scratch, j, step(l.readFrom(scratch, j, "vec"), l.iadd(whole, j)));
  });
  const count = l.isub(rest, full);
  l.when(count, () => {
    const before = l.readFrom(scratch, full, "vec");
    const after = step(before, l.iadd(whole, full), count);
    const exists = l.lt(l.iota(), l.splat(count, "vec i32"));
    l.writeTo(scratch, full, l.select(exists, after, before));
  });
}
