import { isTensor } from "../tensor/datum.ts";
import { dimToString } from "../tensor/dim.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Graph } from "./graph.ts";
import { isGraph } from "./graph.ts";
import { GraphNames } from "./graph-names.ts";
import { isAbsent } from "./leaves.ts";
import { formatNumber, formatTyped } from "./print-literal.ts";
import type { Type } from "./type.ts";
import { formatType } from "./type.ts";
import type { Attribute, Attributes, Value } from "./value.ts";

export type Json = number | string | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A value in a dump. `dtype` is the whole type, such as `sequence(f32[...])`, where it is no tensor; `shape` is null then, and for an unknown rank. */
export type PortJson = {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly (number | string)[] | null;
};

/** An operator in a dump. `inputs` are names of values, constants as the text form spells them, null for one left out. */
export type NodeJson = {
  readonly op: string;
  readonly name: string;
  readonly origin: string;
  readonly inputs: readonly (string | null)[];
  readonly outputs: readonly PortJson[];
  readonly attributes: { readonly [name: string]: Json };
};

export type GraphJson = {
  readonly inputs: readonly PortJson[];
  readonly outputs: readonly PortJson[];
  readonly nodes: readonly NodeJson[];
};

/**
 * A graph as plain data for `dump --json`: nodes in topological order, named as printGraph names them. Bodies are attributes.
 * `constants` collects the tensors that are shown by number.
 */
export function graphToJson(graph: Graph, constants: Tensor[] = []): GraphJson {
  const names = new GraphNames(graph, constants);
  const nameOf = (value: Value) => names.inputName(value) ?? names.reference(value);
  return {
    inputs: graph.inputs.map((value) => portJson(nameOf(value), value.type)),
    outputs: graph.outputs.map(({ name, value }) => portJson(name, value.type)),
    nodes: names.results.map((value) => {
      const { op, origin, operands, attributes, type } = value;
      const name = nameOf(value);
      const inputs = operands.map((operand) => (isAbsent(operand) ? null : nameOf(operand)));
      return {
        op: op.name,
        name,
        origin,
        inputs,
        outputs: outputsJson(name, type),
        attributes: attributesJson(attributes, constants),
      };
    }),
  };
}

const outputsJson = (name: string, type: Type): PortJson[] =>
  type.kind === "tuple" ? type.items.map((item, i) => portJson(`${name}.${i}`, item)) : [portJson(name, type)];

export function portJson(name: string, type: Type): PortJson {
  if (type.kind !== "tensor") return { name, dtype: formatType(type), shape: null };
  const shape = type.shape?.map((dim) => (typeof dim === "number" ? dim : dimToString(dim))) ?? null;
  return { name, dtype: type.dtype, shape };
}

/** Attributes as plain data: numbers that JSON lacks, bigints, tensors and types become text. */
export const attributesJson = (attributes: Attributes, constants: Tensor[] = []): { readonly [name: string]: Json } =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, attribute]) => [name, attributeJson(attribute, constants)]),
  );

function attributeJson(attribute: Attribute, constants: Tensor[]): Json {
  if (attribute === undefined) return null;
  if (typeof attribute === "number")
    return Number.isFinite(attribute) && !Object.is(attribute, -0) ? attribute : formatNumber(attribute);
  if (typeof attribute === "string" || typeof attribute === "boolean") return attribute;
  if (typeof attribute === "bigint") return String(attribute);
  if (Array.isArray(attribute)) return attribute.map((item) => attributeJson(item, constants));
  if (isGraph(attribute)) return graphToJson(attribute, constants);
  if (isTensor(attribute)) return formatTyped(attribute, constants);
  return formatType(attribute as Type);
}
