import type { Node } from "../node.ts";
import type { Elements } from "./fold-elements.ts";
import { foldBlock, foldWidth } from "./fold-elements.ts";
import type { Legalizer } from "./legalizer.ts";

interface ScalableFold extends Elements {
  /** What all accumulators begin as. */
  readonly start: Node;
  /** Whether a step is worth having more than once. */
  readonly isShort: boolean;
}

/**
 * Leaves the 64 accumulators in scratch, on a target whose lanes divide 64 but are known at run time only. Accumulator
 * vectors that begin beyond the 64th have no lanes: `count` is 0 or less for them.
 */
export function foldScalable(l: Legalizer, fold: ScalableFold): void {
  const { scratch, start, isShort } = fold;
  l.loop(0, foldWidth, l.lanes, (j) => l.writeTo(scratch, j, start, l.isub(foldWidth, j)));
  if (isShort) {
    foldWhole(l, fold);
    foldRows(l, fold, fold.whole);
  } else foldRows(l, fold, l.constant(0, "i32"));
}

/** The power of two at or below j. */
const powerBelow = (j: number): number => 1 << (31 - Math.clz32(j));

/**
 * Elements up to the last multiple of 64: as many passes, each over a group of accumulators, as the lanes ask for. Vectors have all
 * their lanes or none, and lanes and groups are powers of two: so of vectors 2, 3 and of 4 to 7 one count says for all.
 */
function foldWhole(l: Legalizer, { whole, scratch, steps }: Elements): void {
  const { lanes } = l;
  const { foldRegisters } = l.target;
  l.loop(0, whole, foldBlock, (lo) => {
    const hi = l.imin(l.iadd(lo, foldBlock), whole);
    l.loop(0, foldWidth, l.imul(lanes, foldRegisters), (first) => {
      const accumulators = Array.from({ length: foldRegisters }, (_, j) => {
        const at = l.iadd(first, l.imul(lanes, j));
        const count = j === 0 ? undefined : l.isub(foldWidth, l.iadd(first, l.imul(lanes, powerBelow(j))));
        return { at, count, value: l.variable(l.readFrom(scratch, at, "vec", count)) };
      });
      l.loop(lo, hi, foldWidth, (chunk) => {
        const at = accumulators.map((each) => ({ ...each, value: each.value.get, index: l.iadd(chunk, each.at) }));
        steps(at).forEach((next, j) => void accumulators[j]?.value.set(next));
      });
      for (const { at, count, value } of accumulators) l.writeTo(scratch, at, value.get(), count);
    });
  });
}

/** Elements from `from`, a multiple of 64, to the end, with the accumulators in scratch. */
function foldRows(l: Legalizer, { n, scratch, step }: Elements, from: Node): void {
  l.loop(from, n, foldWidth, (chunk) => {
    const end = l.imin(l.isub(n, chunk), foldWidth);
    l.loop(0, end, l.lanes, (j) => {
      const count = l.isub(end, j);
      l.writeTo(scratch, j, step(l.readFrom(scratch, j, "vec"), l.iadd(chunk, j), count), count);
    });
  });
}
