import { construct } from "./construct.ts";
import type { Graph } from "./graph.ts";
import { withOrigin } from "./origin.ts";
import { topological } from "./topological.ts";
import type { Value } from "./value.ts";

/** The values with others in place of those in `replacements`. What depends on these is made anew and its type inferred again. */
export function substitute(values: readonly Value[], replacements: ReadonlyMap<Value, Value>): Value[] {
  const made = new Map(replacements);
  const operandsOf = (value: Value) => (replacements.has(value) ? [] : value.operands);
  for (const value of topological(values, operandsOf)) {
    if (made.has(value)) continue;
    const operands = value.operands.map((operand) => made.get(operand) as Value);
    const unchanged = operands.every((operand, i) => operand === value.operands[i]);
    const remake = () => construct(value.op, operands, value.attributes) as Value;
    made.set(value, unchanged ? value : withOrigin(value.origin, remake));
  }
  return values.map((value) => made.get(value) as Value);
}

/** The outputs of a closed graph over other values in place of its inputs. */
export function applyGraph(graph: Graph, inputs: readonly Value[]): Value[] {
  return substitute(
    graph.outputs.map((output) => output.value),
    new Map(graph.inputs.map((input, i) => [input, inputs[i] as Value])),
  );
}
