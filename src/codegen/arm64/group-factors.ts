import type { Node, Region } from "../../ir/node.ts";
import type { Uses } from "../uses.ts";
import { isFactor } from "./factor.ts";

/** Factors that lie side by side in memory and are loaded as one register. */
export interface FactorGroup {
  /** The bytes that are loaded: 8 or 16. */
  readonly bytes: number;
  /** Where they begin, beside the base that all members have. */
  readonly offset: number;
}

/** A factor's group, and its lane there. */
export interface GroupedFactor {
  readonly group: FactorGroup;
  readonly lane: number;
}

const isWrite = ({ op, regions }: Node): boolean => op.startsWith("write") || regions.length > 0;

/**
 * Groups of four or two scalars that are loaded from one base, one after another, with no write between them, and used as
 * factors alone.
 */
export function groupFactors(root: Region, uses: Uses): ReadonlyMap<Node, GroupedFactor> {
  const found = new Map<Node, GroupedFactor>();
  const visit = ({ body }: Region): void => {
    let calm = new Map<Node, Node[]>();
    const finish = (): void => {
      for (const loads of calm.values()) cut(loads, found);
      calm = new Map();
    };
    for (const node of body) {
      if (isWrite(node)) finish();
      node.regions.forEach(visit);
      if (node.op !== "readSplat" || node.immediate["perLane"] !== undefined || !isFactor(uses, node)) continue;
      const base = node.args[0] as Node;
      calm.set(base, [...(calm.get(base) ?? []), node]);
    }
    finish();
  };
  visit(root);
  return found;
}

const offsetOf = (node: Node): number => node.immediate["offset"] as number;

/** Cuts the loads from one base into groups, the longest runs first. */
function cut(loads: readonly Node[], found: Map<Node, GroupedFactor>): void {
  const sorted = [...loads].sort((a, b) => offsetOf(a) - offsetOf(b));
  let at = 0;
  while (at < sorted.length) {
    const count = [4, 2].find((each) => isRun(sorted.slice(at, at + each), each)) ?? 1;
    const offset = offsetOf(sorted[at] as Node);
    const group = { bytes: 4 * count, offset };
    if (count > 1) sorted.slice(at, at + count).forEach((node, lane) => void found.set(node, { group, lane }));
    at += count;
  }
}

const isRun = (loads: readonly Node[], count: number): boolean =>
  loads.length === count && loads.every((node, i) => offsetOf(node) === offsetOf(loads[0] as Node) + 4 * i);
