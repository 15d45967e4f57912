import type { Node, Region } from "./node.ts";
import { operations } from "./operations.ts";

/** The region without pure nodes that nothing uses. Nodes with regions are changed in place. */
export function dropDead(region: Region): Region {
  const used = new Set<Node>();
  const want = (nodes: readonly Node[]): void => {
    for (let i = 0; i < nodes.length; i++) used.add(nodes[i] as Node);
  };
  const visit = (inner: Region): Region => {
    want(inner.yields);
    const body: Node[] = [];
    for (let i = inner.body.length - 1; i >= 0; i--) {
      const node = inner.body[i] as Node;
      if (operations[node.op].pure && !used.has(node)) continue;
      const { regions } = node;
      if (regions.length > 0) Object.assign(node, { regions: [...regions].map(visit) });
      want(node.args);
      body.push(node);
    }
    return { ...inner, body: body.reverse() };
  };
  return visit(region);
}
