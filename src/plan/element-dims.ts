import { dimsOfType } from "../graph/dims-of-type.ts";
import type { Graph } from "../graph/graph.ts";
import { isGraph } from "../graph/graph.ts";
import { dimsOp } from "../graph/leaves.ts";
import { topological } from "../graph/topological.ts";
import type { Type } from "../graph/type.ts";
import type { Attribute, Value } from "../graph/value.ts";
import { isTensor } from "../tensor/datum.ts";
import type { Dim } from "../tensor/dim.ts";
import { dimToString, hasElements, isElementName, symbol, symbolsOf } from "../tensor/dim.ts";
import type { Plan } from "./plan.ts";

/**
 * What a plan needs to know of the elements of its inputs, besides their shapes: its sizes and literals that depend on them, each once.
 * The bodies of its steps need the elements themselves, since their sizes are told apart only while they run.
 */
export function elementDims(plan: Plan): readonly Dim[] {
  const known = cache.get(plan) ?? findDims(plan);
  cache.set(plan, known);
  return known;
}

const cache = new WeakMap<Plan, readonly Dim[]>();

function findDims({ values, steps }: Plan): readonly Dim[] {
  const found = new Map<string, Dim>();
  const add = (dim: Dim): void => {
    if (hasElements(dim)) found.set(dimToString(dim), dim);
  };
  for (const { type, storage } of values) {
    for (const dim of dimsOfType(type)) add(dim);
    if (storage.kind === "dims") for (const dim of storage.dims) add(dim);
  }
  const inside = steps.flatMap(({ attributes }) => Object.values(attributes).flatMap(dimsInside));
  for (const name of inside.filter(hasElements).flatMap(symbolsOf)) if (isElementName(name)) add(symbol(name));
  return [...found.values()];
}

/** The dims in an attribute: in types, and in all that a body holds. */
function dimsInside(attribute: Attribute): readonly Dim[] {
  if (typeof attribute !== "object" || isTensor(attribute)) return [];
  if (isGraph(attribute)) return dimsInGraph(attribute);
  return Array.isArray(attribute) ? attribute.flatMap(dimsInside) : dimsOfType(attribute as Type);
}

const dimsInGraph = ({ inputs, outputs }: Graph): readonly Dim[] =>
  topological([...inputs, ...outputs.map(({ value }) => value)]).flatMap((value: Value) => {
    const own = value.op === dimsOp ? (value.attributes["dims"] as unknown as readonly Dim[]) : [];
    const more = value.op === dimsOp ? [] : Object.values(value.attributes).flatMap(dimsInside);
    return [...dimsOfType(value.type), ...own, ...more];
  });
