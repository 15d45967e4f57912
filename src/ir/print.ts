import type { Immediate, Kernel, Node, Region } from "./node.ts";

function immediateText(immediate: Immediate): string {
  const fields = Object.entries(immediate).map(([name, value]) =>
    Object.is(value, -0) ? `${name}=-0` : `${name}=${Array.isArray(value) ? `[${value.join(" ")}]` : value}`,
  );
  return fields.length === 0 ? "" : ` {${fields.join(", ")}}`;
}

const byId = (node: Node): string => `%${node.id}`;

function line(node: Node, name: (node: Node) => string): string {
  const { op, args, immediate, type } = node;
  const operands = args.length === 0 ? "" : ` ${args.map(name).join(", ")}`;
  const yields = node.regions.some((region) => region.yields.length > 0);
  const value = type !== "none" ? `${name(node)}: ${type} = ` : yields ? `${name(node)} = ` : "";
  return `${value}${op}${immediateText(immediate)}${operands}`;
}

/** One node without its regions, by the ids of its values. */
export function printNode(node: Node): string {
  return line(node, byId);
}

/** A kernel as text. Values are numbered in order, so equal kernels give equal text. */
export function print(kernel: Kernel): string {
  const numbers = new Map<Node, number>();
  const name = (node: Node): string => {
    const known = numbers.get(node) ?? numbers.size;
    numbers.set(node, known);
    return `%${known}`;
  };
  const lines: string[] = [];
  const visit = ({ params, body, yields }: Region, indent: string): void => {
    const list = params.map((param) => `${name(param)}: ${param.type}`).join(", ");
    if (params.length > 0) lines[lines.length - 1] += ` (${list})`;
    for (const node of body) {
      lines.push(indent + line(node, name));
      for (const region of node.regions) {
        lines[lines.length - 1] += " {";
        visit(region, `${indent}  `);
        lines.push(`${indent}}`);
      }
    }
    if (yields.length > 0) lines.push(`${indent}yield ${yields.map(name).join(", ")}`);
  };
  const words = kernel.words.map((word) => `${word.name}: ${word.type}`).join(", ");
  lines.push(`kernel ${kernel.name}(${words}) scratch ${kernel.scratchBytes} {`);
  visit(kernel.body, "  ");
  return `${[...lines, "}"].join("\n")}\n`;
}
