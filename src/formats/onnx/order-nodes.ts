import { FormatError } from "../../tensor/errors.ts";
import type { AttributeProto, GraphProto, NodeProto } from "./schema.ts";

/** A name for messages: the node's own, else that of its first output. */
export const nodeLabel = (node: NodeProto): string =>
  node.name || node.output.find((name) => name !== "") || "(unnamed)";

/** The graphs in an attribute. */
export function graphsOf({ g, graphs }: AttributeProto): readonly GraphProto[] {
  return g === undefined ? graphs : [g, ...graphs];
}

const text = new TextDecoder();

function* namesUsed(node: NodeProto): Generator<string> {
  yield* node.input;
  for (const attribute of node.attribute) {
    // Gradient names the value to differentiate in an attribute.
    if (node.opType === "Gradient" && attribute.name === "y") yield text.decode(attribute.s);
    for (const body of graphsOf(attribute)) for (const inner of body.node) yield* namesUsed(inner);
    for (const body of graphsOf(attribute)) for (const { name } of body.output) yield name;
  }
}

/**
 * The nodes in an order in which every value is made before it is used, bodies included; the file's own order where it is one.
 * Throws FormatError when two nodes write one name, or when nodes wait for each other in a circle.
 */
export function orderNodes(nodes: readonly NodeProto[], where: string): readonly NodeProto[] {
  const makers = new Map<string, number>();
  nodes.forEach((node, i) => {
    for (const name of node.output) {
      if (name === "") continue;
      const other = makers.get(name);
      if (other !== undefined) {
        const [a, b] = [nodes[other] as NodeProto, node];
        throw new FormatError(
          `${where}: the value "${name}" is written twice, by ${a.opType} "${nodeLabel(a)}" and by ${b.opType} "${nodeLabel(b)}". Export the model again.`,
        );
      }
      makers.set(name, i);
    }
  });
  const waits = nodes.map((node, i) => {
    const needed = new Set<number>();
    for (const name of namesUsed(node)) {
      const maker = makers.get(name);
      if (maker !== undefined && (maker !== i || node.input.includes(name))) needed.add(maker);
    }
    return needed;
  });
  return sort(nodes, waits, where);
}

function sort(nodes: readonly NodeProto[], waits: readonly ReadonlySet<number>[], where: string): readonly NodeProto[] {
  const open = waits.map((needed) => needed.size);
  const users: number[][] = nodes.map(() => []);
  waits.forEach((needed, i) => {
    for (const maker of needed) users[maker]?.push(i);
  });
  const ready = open.flatMap((count, i) => (count === 0 ? [i] : []));
  const order: NodeProto[] = [];
  for (let next = 0; next < ready.length; next++) {
    const at = ready[next] as number;
    order.push(nodes[at] as NodeProto);
    for (const user of users[at] as number[]) if (--(open[user] as number) === 0) ready.push(user);
  }
  if (order.length === nodes.length) return order;
  const stuck = nodes.filter((_node, i) => (open[i] as number) > 0).slice(0, 5);
  const names = stuck.map((node) => `${node.opType} "${nodeLabel(node)}"`).join(", ");
  throw new FormatError(
    `${where} has a cycle; these nodes wait for each other's results: ${names}. Export the model again.`,
  );
}
