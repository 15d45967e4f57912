import type { Graph } from "./graph.ts";
import { isGraph } from "./graph.ts";
import type { Op } from "./op.ts";
import { rootOps } from "./root-ops.ts";
import type { Rule } from "./rule.ts";
import { topological } from "./topological.ts";

/** Whether a graph, or a body in it, has a value that one of the rules could begin at. */
export function mayFire(rules: readonly Rule[], graph: Graph): boolean {
  return holdsAny(new Set(rules.flatMap((rule) => rule.match.flatMap(rootOps))), graph);
}

function holdsAny(ops: ReadonlySet<Op>, graph: Graph): boolean {
  return topological(graph.outputs.map((output) => output.value)).some(
    ({ op, attributes }) =>
      ops.has(op) || Object.values(attributes).some((attribute) => isGraph(attribute) && holdsAny(ops, attribute)),
  );
}
