import type { Graph } from "./graph.ts";
import { topological } from "./topological.ts";
import type { Value } from "./value.ts";

/** How many operand slots and graph outputs use each value of a graph. */
export function useCounts(graph: Graph): ReadonlyMap<Value, number> {
  const counts = new Map<Value, number>();
  const add = (value: Value) => counts.set(value, (counts.get(value) ?? 0) + 1);
  for (const output of graph.outputs) add(output.value);
  for (const value of topological(graph.outputs.map((output) => output.value))) value.operands.forEach(add);
  return counts;
}
