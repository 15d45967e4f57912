import type { Node, Region } from "./node.ts";
import { operations } from "./operations.ts";

/** The region without pure nodes that nothing uses. Nodes with regions are changed in place. */
export function dropDead(region: Region): Region {
  const used = new Set<Node>();
  const want = (nodes: readonly Node[]): void => {
    for (const node of nodes) used.add(node);
  };
  const keep = (node: Node): boolean => !operations[node.op].pure || used.has(node);
  const visit = (inner: Region): Region => {
    want(inner.yields);
    const body: Node[] = [];
    for (const node of [...inner.body].reverse()) {
      if (!keep(node)) continue;
      const regions = [...node.regions].map(visit);
      want(node.args);
      body.push(regions.length > 0 ? Object.assign(node, { regions }) : node);
    }
    return { ...inner, body: body.reverse() };
  };
  return visit(region);
}
