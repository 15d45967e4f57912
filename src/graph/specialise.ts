import type { Dim } from "../tensor/dim.ts";
import { isUnknownDim, substituteDim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { construct } from "./construct.ts";
import type { Graph } from "./graph.ts";
import { isGraph } from "./graph.ts";
import { dims, dimsOp } from "./leaves.ts";
import { withOrigin } from "./origin.ts";
import { topological } from "./topological.ts";
import type { Attributes, Value } from "./value.ts";

type Sizes = ReadonlyMap<string, number>;

/**
 * A closed graph over other inputs, usually of narrower types, with sizes in place of symbols in its literals of dims and in those of its bodies.
 * All types are inferred again. Throws ShapeError where operands do not fit any more.
 */
export function specialise(graph: Graph, inputs: readonly Value[], sizes: Sizes): Graph {
  const made = new Map(graph.inputs.map((input, i) => [input, inputs[i] as Value]));
  for (const value of topological(graph.outputs.map((output) => output.value))) {
    if (made.has(value)) continue;
    const operands = value.operands.map((operand) => made.get(operand) as Value);
    made.set(
      value,
      withOrigin(value.origin, () => remade(value, operands, sizes)),
    );
  }
  const outputs = graph.outputs.map(({ name, value }) => ({ name, value: made.get(value) as Value }));
  return { ...graph, inputs, outputs };
}

function remade(value: Value, operands: readonly Value[], sizes: Sizes): Value {
  if (value.op === dimsOp) {
    const list = (value.attributes["dims"] as unknown as readonly Dim[]).map((dim) => substituteDim(dim, sizes));
    return list.some(isUnknownDim) ? value : dims(list);
  }
  const attributes = withBodies(value.attributes, sizes);
  const isSame = attributes === value.attributes && operands.every((operand, i) => operand === value.operands[i]);
  return isSame ? value : (construct(value.op, operands, attributes) as Value);
}

function withBodies(attributes: Attributes, sizes: Sizes): Attributes {
  const bodies = Object.entries(attributes).filter((entry): entry is [string, Graph] => isGraph(entry[1]));
  if (bodies.length === 0) return attributes;
  return { ...attributes, ...Object.fromEntries(bodies.map(([name, body]) => [name, specialisedBody(body, sizes)])) };
}

/** Sizes that a branch is not made for only matter if it is taken: then it says so itself. */
function specialisedBody(body: Graph, sizes: Sizes): Graph {
  try {
    return specialise(body, body.inputs, sizes);
  } catch (error) {
    if (error instanceof ShapeError) return body;
    throw error;
  }
}
