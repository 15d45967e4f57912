import type { Graph } from "./graph.ts";
import { holdsOp } from "./holds-op.ts";
import { rootOps } from "./root-ops.ts";
import type { Rule } from "./rule.ts";

/** Whether a graph, or a body in it, has a value that one of the rules could begin at. */
export function mayFire(rules: readonly Rule[], graph: Graph): boolean {
  const roots = new Set(rules.flatMap((rule) => rule.match.flatMap(rootOps)));
  return holdsOp(graph, (op) => roots.has(op));
}
