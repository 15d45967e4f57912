import type { Node, Region } from "./node.ts";

/** The region with values replaced, in its own nodes and in those of the regions inside. Nodes are changed in place. */
export function substitute(region: Region, replaced: ReadonlyMap<Node, Node>): Region {
  const settle = (node: Node): Node => {
    let current = node;
    for (let next = replaced.get(current); next !== undefined; next = replaced.get(current)) current = next;
    return current;
  };
  const visit = ({ body }: Region): void => {
    for (const node of body) {
      if (node.args.some((arg) => replaced.has(arg))) node.args = node.args.map(settle);
      for (const inner of node.regions) {
        visit(inner);
        if (inner.yields.some((value) => replaced.has(value))) inner.yields = inner.yields.map(settle);
      }
    }
  };
  visit(region);
  return { ...region, yields: region.yields.map(settle) };
}
