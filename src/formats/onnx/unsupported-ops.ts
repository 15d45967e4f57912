import { UnsupportedError } from "../../tensor/errors.ts";
import { newestOpsets } from "./model.ts";
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

/** An operator that a model uses, and how often. */
export interface OperatorUse {
  /** "" for the default domain. */
  readonly domain: string;
  readonly name: string;
  /** The opset of the domain that the model imports. */
  readonly version: number;
  readonly count: number;
  /** The operator without a mapping, as a message names it; undefined for one that has a mapping. */
  readonly problem: string | undefined;
}

/** Every operator of the model with how many nodes use it, bodies included; of local functions what is in them, once each. In order of first use. */
export function operatorUses(nodes: readonly NodeProto[], table: OperatorTable): OperatorUse[] {
  const uses = new Map<string, OperatorUse>();
  const seen = new Set<FunctionProto>();
  const visit = (node: NodeProto) => {
    const called = table.functionOf(node);
    if (called === undefined) {
      const use = describeUse(node, table);
      const key = `${use.domain}:${use.name}`;
      uses.set(key, { ...use, count: (uses.get(key)?.count ?? 0) + 1 });
    } else if (!seen.has(called)) {
      seen.add(called);
      called.node.forEach(visit);
    }
    for (const attribute of node.attribute) for (const body of graphsOf(attribute)) body.node.forEach(visit);
  };
  nodes.forEach(visit);
  return [...uses.values()];
}

/** Throws UnsupportedError listing every operator of the model that has no mapping, with how many nodes use it. */
export function checkSupported(nodes: readonly NodeProto[], table: OperatorTable): void {
  const problems = operatorUses(nodes, table).filter(({ problem }) => problem !== undefined);
  if (problems.length === 0) return;
  const list = problems.map(({ problem, count }) => `${problem} (${count} node${count === 1 ? "" : "s"})`).join(", ");
  throw new UnsupportedError(
    `The model uses ${problems.length} operator${problems.length === 1 ? "" : "s"} without a mapping: ${list}. ` +
      "Add each with registerOp(domain, name, ...), or export the model without it.",
  );
}

function describeUse(node: NodeProto, table: OperatorTable): OperatorUse {
  const domain = node.domain === "ai.onnx" ? "" : node.domain;
  const version = table.versionOf(domain);
  return { domain, name: node.opType, version, count: 1, problem: describeProblem(node, table, version) };
}

function describeProblem(node: NodeProto, table: OperatorTable, version: number): string | undefined {
  const name = node.domain === "" || node.domain === "ai.onnx" ? node.opType : `${node.domain}.${node.opType}`;
  const newest = newestOpsets[node.domain === "ai.onnx" ? "" : node.domain];
  if (newest !== undefined && version > newest) return `${name} at opset ${version} (opsets 1 to ${newest} are known)`;
  const entry = table.find(node.domain, node.opType);
  if (entry === undefined) return name;
  if (mappingAt(entry, version) !== undefined) return undefined;
  return `${name} at opset ${version} (it exists from opset ${Math.min(...Object.keys(entry).map(Number))})`;
}
