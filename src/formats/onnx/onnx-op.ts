import type { Value } from "../../graph/value.ts";
import type { OnnxNode } from "./node.ts";

/** A node's inputs; those left out, in the middle or at the end, are `absent`. */
export type OnnxInputs = readonly [
  Value,
  Value,
  Value,
  Value,
  Value,
  Value,
  Value,
  Value,
  Value,
  Value,
  Value,
  Value,
  Value,
  Value,
  ...Value[],
];

/** Expands one ONNX operator into engine operators. Returns its outputs in order; those that the node does not ask for may be left out. */
export type OnnxMapping = (inputs: OnnxInputs, node: OnnxNode) => Value | readonly (Value | undefined)[];

/** A mapping for every version, or one for each opset version in which the meaning changed, keyed by the first one. */
export type OnnxEntry = OnnxMapping | { readonly [sinceVersion: number]: OnnxMapping };

/** The mappings of one domain, keyed by the exact ONNX operator names. */
export interface OnnxOps {
  readonly domain: string;
  readonly entries: Readonly<Record<string, OnnxEntry>>;
}

/** Declares mappings of the default domain, or of the one named first. */
export function onnxOps(entries: Readonly<Record<string, OnnxEntry>>, domain = ""): OnnxOps {
  return { domain, entries };
}

/** The mapping in force at an opset version: the latest that is not newer. Undefined when the operator came later. */
export function mappingAt(entry: OnnxEntry, version: number): OnnxMapping | undefined {
  if (typeof entry === "function") return entry;
  const since = Object.keys(entry)
    .map(Number)
    .filter((first) => first <= version);
  return since.length === 0 ? undefined : entry[Math.max(...since)];
}

/** The entry of an operator in the first family that has it. Operators of com.microsoft are also found in the default domain, where some exporters leave them. */
export function findEntry(families: readonly OnnxOps[], domain: string, opType: string): OnnxEntry | undefined {
  const wanted = domain === "ai.onnx" ? "" : domain;
  for (const candidate of wanted === "" ? ["", "com.microsoft"] : [wanted]) {
    for (const family of families) {
      if (family.domain === candidate && Object.hasOwn(family.entries, opType)) return family.entries[opType];
    }
  }
  return undefined;
}
