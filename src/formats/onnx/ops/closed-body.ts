import type { Graph } from "../../../graph/graph.ts";
import type { Captures } from "../node.ts";

/** A body over its own inputs and then its captures, so that nothing of the graph around it is left inside. Outputs get names of their own. */
export function closedBody(body: Graph, captures: Captures): Graph {
  const taken = new Set<string>();
  const outputs = body.outputs.map(({ name, value }) => {
    let unique = name;
    for (let i = 1; taken.has(unique); i++) unique = `${name}_${i}`;
    taken.add(unique);
    return { name: unique, value };
  });
  return { ...body, inputs: [...body.inputs, ...captures.inner], outputs };
}
