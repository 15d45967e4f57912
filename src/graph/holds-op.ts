import type { Graph } from "./graph.ts";
import { isGraph } from "./graph.ts";
import type { Op } from "./op.ts";
import { topological } from "./topological.ts";

/** Whether an operator of a graph, or of a body in it, passes the test. */
export function holdsOp(graph: Graph, test: (op: Op) => boolean): boolean {
  return topological(graph.outputs.map((output) => output.value)).some(
    ({ op, attributes }) =>
      test(op) || Object.values(attributes).some((attribute) => isGraph(attribute) && holdsOp(attribute, test)),
  );
}
