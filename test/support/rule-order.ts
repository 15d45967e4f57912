import type { Graph } from "../../src/graph/graph.ts";
import { printGraph } from "../../src/graph/print.ts";
import { rewrite } from "../../src/graph/rewrite.ts";
import { stages } from "../../src/passes/pipeline.ts";
import type { Random } from "../../src/tensor/random.ts";

function shuffled<T>(list: readonly T[], random: Random): T[] {
  const copy = [...list];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = random.int(0, i + 1);
    [copy[i], copy[j]] = [copy[j] as T, copy[i] as T];
  }
  return copy;
}

/** The text of the graph after all stages, with the rules of each in a random order where one is given. */
export function simplify(graph: Graph, random?: Random): string {
  const arrange = <T>(list: readonly T[]) => (random === undefined ? list : shuffled(list, random));
  const simplified = stages.reduce(
    (sofar, { rules, simplifiers }) => rewrite(sofar, { rules: arrange(rules), simplifiers: arrange(simplifiers) }),
    graph,
  );
  return printGraph(simplified, { origins: false });
}
