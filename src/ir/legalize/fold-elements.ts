import type { Node } from "../node.ts";
import type { View } from "../view.ts";

/** The accumulators of every fold, whatever the target's lanes: part of the meaning of `fold`. */
export const foldWidth = 64;

/** Elements that are walked once per group of accumulators before the next ones, so that they stay in the first cache. */
export const foldBlock = 4096;

/** One step of a fold: the accumulator after the elements from `i` on, of which `count` exist, or all. */
export type Step = (acc: Node, i: Node, count?: Node) => Node;

/** What a fold goes through. */
export interface Elements {
  readonly n: Node;
  /** The multiple of 64 at or below n. */
  readonly whole: Node;
  /** Room for 64 accumulators. */
  readonly scratch: View;
  readonly step: Step;
}
