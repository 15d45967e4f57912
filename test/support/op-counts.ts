import type { Graph } from "../../src/graph/graph.ts";
import { isGraph } from "../../src/graph/graph.ts";
import { topological } from "../../src/graph/topological.ts";

/** How often each operator occurs in a graph and the bodies in it. Activations that are part of another operator count as theirs. */
export function opCounts({ outputs }: Graph): Record<string, number> {
  const counts: Record<string, number> = {};
  const add = (name: string, times = 1) => {
    counts[name] = (counts[name] ?? 0) + times;
  };
  for (const { op, attributes } of topological(outputs.map(({ value }) => value))) {
    add(op.name);
    if (typeof attributes["activation"] === "string") add(attributes["activation"]);
    for (const body of Object.values(attributes).filter(isGraph)) {
      for (const [name, times] of Object.entries(opCounts(body))) add(name, times);
    }
  }
  return counts;
}
