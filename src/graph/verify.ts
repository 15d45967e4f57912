import { isTensor } from "../tensor/datum.ts";
import { invariant } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount, storageLength } from "../tensor/tensor.ts";
import type { Graph } from "./graph.ts";
import { isGraph } from "./graph.ts";
import { constantOp, inputOp, pickOp } from "./leaves.ts";
import { topological } from "./topological.ts";
import { formatType } from "./type.ts";
import type { Attribute, Value } from "./value.ts";

/**
 * Throws ("Bug: ...") when a graph, or a body in it, breaks a rule that every graph keeps: types follow from the operators, inputs are
 * declared, constants have the storage that they need, tuples are used by `pick` only, operands are as many as the operator names.
 */
export function verifyGraph(graph: Graph): void {
  const fail = (why: string): never => invariant(false, `graph "${graph.name}": ${why}`) as never;
  const inputs = new Set(graph.inputs);
  for (const value of inputs) if (value.op !== inputOp) fail(`the input ${describe(value)} is no input.`);
  const names = new Set<string>();
  for (const { name, value } of graph.outputs) {
    if (names.has(name)) fail(`two outputs are named "${name}".`);
    names.add(name);
    if (value.type?.kind === "tuple" || value.type?.kind === "absent") fail(`output "${name}" is ${describe(value)}.`);
  }
  for (const value of topological(graph.outputs.map((output) => output.value))) {
    if (value.op === inputOp && !inputs.has(value)) fail(`${describe(value)} is used but not among its inputs.`);
    const problem = problemOf(value);
    if (problem !== undefined) fail(`${describe(value)} ${problem}`);
    Object.values(value.attributes).forEach(verifyBodies);
  }
}

const describe = ({ op, origin, type }: Value): string =>
  `${op.name} "${origin}"${type === undefined ? "" : ` (${formatType(type)})`}`;

function verifyBodies(attribute: Attribute): void {
  if (isGraph(attribute)) verifyGraph(attribute);
  else if (Array.isArray(attribute)) attribute.forEach(verifyBodies);
}

/** What is wrong with a value, as the rest of a sentence. */
function problemOf(value: Value): string | undefined {
  const { op, operands, attributes, type } = value;
  if (type === undefined) return "has no type: it is a pattern.";
  if (type.kind === "absent") return undefined;
  const tuple = op === pickOp ? undefined : operands.find((operand) => operand.type?.kind === "tuple");
  if (tuple !== undefined) return `uses ${describe(tuple)} itself, not a result of it.`;
  if (op === constantOp && !hasItsStorage(attributes["value"]))
    return "does not have the storage that its shape needs.";
  const many = op.operandNames.at(-1)?.startsWith("...") ?? false;
  if (!many && operands.length !== op.operandNames.length)
    return `has ${operands.length} operands, expected ${op.operandNames.length}.`;
  const missing = op.operandNames.findIndex(
    (name, i) => operands[i]?.type.kind === "absent" && !name.endsWith("?") && !name.startsWith("..."),
  );
  if (missing >= 0) return `lacks its operand ${op.operandNames[missing]}.`;
  const inferred = formatType(op.infer(operands, attributes));
  return inferred === formatType(type) ? undefined : `must be ${inferred}.`;
}

function hasItsStorage(held: Attribute): boolean {
  if (!isTensor(held)) return false;
  const { dtype, shape, data } = held as Tensor;
  return data.length === storageLength(dtype, elementCount(shape));
}
