import { UnsupportedError } from "../../tensor/errors.ts";
import type { OnnxEntry } from "./onnx-op.ts";
import { mappingAt } from "./onnx-op.ts";
import { graphsOf } from "./order-nodes.ts";
import type { FunctionProto, NodeProto } from "./schema.ts";

export interface OperatorTable {
  /** The entry of an operator, whatever its version. */
  readonly find: (domain: string, opType: string) => OnnxEntry | undefined;
  readonly functionOf: (node: NodeProto) => FunctionProto | undefined;
  readonly versionOf: (domain: string) => number;
}

/** Throws UnsupportedError listing every operator of the model that has no mapping, with how many nodes use it. */
export function checkSupported(nodes: readonly NodeProto[], table: OperatorTable): void {
  const counts = new Map<string, number>();
  const seen = new Set<FunctionProto>();
  const visit = (node: NodeProto) => {
    const called = table.functionOf(node);
    if (called !== undefined) {
      if (!seen.has(called)) {
        seen.add(called);
        called.node.forEach(visit);
      }
    } else {
      const problem = describeProblem(node, table);
      if (problem !== undefined) counts.set(problem, (counts.get(problem) ?? 0) + 1);
    }
    for (const attribute of node.attribute) for (const body of graphsOf(attribute)) body.node.forEach(visit);
  };
  nodes.forEach(visit);
  if (counts.size === 0) return;
  const list = [...counts].map(([problem, count]) => `${problem} (${count} node${count === 1 ? "" : "s"})`).join(", ");
  throw new UnsupportedError(
    `The model uses ${counts.size} operator${counts.size === 1 ? "" : "s"} without a mapping: ${list}. ` +
      "Add each with registerOp(domain, name, ...), or export the model without it.",
  );
}

function describeProblem(node: NodeProto, table: OperatorTable): string | undefined {
  const name = node.domain === "" || node.domain === "ai.onnx" ? node.opType : `${node.domain}.${node.opType}`;
  const entry = table.find(node.domain, node.opType);
  if (entry === undefined) return name;
  const version = table.versionOf(node.domain);
  if (mappingAt(entry, version) !== undefined) return undefined;
  return `${name} at opset ${version} (it exists from opset ${Math.min(...Object.keys(entry).map(Number))})`;
}
