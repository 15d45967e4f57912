import type { Node } from "../node.ts";
import type { View } from "../view.ts";

/** The accumulators of every fold, whatever the target's lanes: part of the meaning of `fold`. */
export const foldWidth = 64;

/** Elements that are walked once per group of accumulators before the next ones, so that they stay in the first cache. */
export const foldBlock = 4096;

/** One step of a fold: the accumulator after the elements from `i` on, of which `count` exist, or all. */
export type Step = (acc: Node, i: Node, count?: Node) => Node;

/** Where a step of a fold begins. */
export interface Stepping {
  /** The accumulator as it is when the step is built. */
  readonly value: () => Node;
  readonly index: Node;
  readonly count?: Node | undefined;
}

/** Accumulators whose steps may stand side by side. */
const together = 4;

/** What `some` makes of each few in turn. */
export function inGroups<A, B>(all: readonly A[], some: (group: readonly A[]) => readonly B[]): B[] {
  const made: B[] = [];
  for (let from = 0; from < all.length; from += together) made.push(...some(all.slice(from, from + together)));
  return made;
}

/** What a fold goes through. */
export interface Elements {
  readonly n: Node;
  /** The multiple of 64 at or below n. */
  readonly whole: Node;
  /** Room for 64 accumulators. */
  readonly scratch: View;
  readonly step: Step;
  /** The steps of accumulators that do not depend on each other, for bodies that are worth having more than once. */
  readonly steps: (all: readonly Stepping[]) => Node[];
}
