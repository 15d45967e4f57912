import type { Datum } from "../tensor/datum.ts";
import { isTensor } from "../tensor/datum.ts";
import type { Dim } from "../tensor/dim.ts";
import { bindDim, dimToString, nameOfElement, solveDim } from "../tensor/dim.ts";
import { invariant, ShapeError, within } from "../tensor/errors.ts";
import { numbers } from "../tensor/numbers.ts";
import type { Graph } from "./graph.ts";
import type { DecodeImage } from "./image.ts";
import { knownDims } from "./known-dims.ts";
import { inputOp } from "./leaves.ts";
import type { EvalContext } from "./op.ts";
import { checkResult } from "./result-bytes.ts";
import { topological } from "./topological.ts";
import type { Type } from "./type.ts";
import type { Value } from "./value.ts";

export interface EvaluateOptions {
  /** Symbols known from outside, for graphs nested in another. */
  readonly bindings?: ReadonlyMap<string, number>;
  readonly poll?: () => void;
  /** Results that would take more bytes than this are refused with a LimitError before they are made. */
  readonly maxBytes?: number;
  readonly decodeImage?: DecodeImage | undefined;
  /** Sees each value as soon as it is computed. */
  readonly onValue?: (value: Value, datum: Datum) => void;
}

/** Runs a graph by the `eval` of its operators, one value at a time. Inputs come in the graph's order. Data is dropped after its last use. */
export function evaluate(graph: Graph, inputs: readonly (Datum | undefined)[], options: EvaluateOptions = {}): Datum[] {
  const bindings = new Map(options.bindings);
  const held = new Map<Value, Datum | undefined>();
  graph.inputs.forEach((value, i) => {
    held.set(value, inputs[i]);
    bindElements(value, inputs[i], bindings);
    bindShape(value.type, inputs[i], bindings);
  });
  const context = contextFor(bindings, options);
  const { order, lastUse } = schedule(graph);
  order.forEach((value, at) => {
    if (value.op !== inputOp) held.set(value, evaluateValue(value, held, context, options));
    for (const operand of value.operands) if (lastUse.get(operand) === at) held.delete(operand);
  });
  return graph.outputs.map(({ name, value }) => {
    const datum = held.get(value);
    invariant(datum !== undefined, `output "${name}" of graph "${graph.name}" was not computed.`);
    return datum;
  });
}

function evaluateValue(
  value: Value,
  held: ReadonlyMap<Value, Datum | undefined>,
  context: EvalContext,
  options: EvaluateOptions,
) {
  if (value.type.kind === "absent") return undefined;
  context.poll();
  const inputs = value.operands.map((operand) => held.get(operand));
  const datum = within(`${value.op.name} "${value.origin}"`, () => {
    if (options.maxBytes !== undefined) checkResult(value.op, inputs, value.attributes, options.maxBytes);
    return value.op.eval(inputs, value.attributes, context);
  });
  options.onValue?.(value, datum);
  return datum;
}

const schedules = new WeakMap<Graph, { order: Value[]; lastUse: ReadonlyMap<Value, number> }>();

function schedule(graph: Graph) {
  const known = schedules.get(graph);
  if (known !== undefined) return known;
  const roots = graph.outputs.map((output) => output.value);
  const order = topological(roots);
  const lastUse = new Map<Value, number>();
  order.forEach((value, at) => {
    for (const operand of value.operands) lastUse.set(operand, at);
  });
  for (const root of roots) lastUse.delete(root);
  const made = { order, lastUse };
  schedules.set(graph, made);
  return made;
}

/** The context of evals outside a plan: dims by `bindings`, bodies by `evaluate`. */
export function contextFor(bindings: ReadonlyMap<string, number>, options: EvaluateOptions = {}): EvalContext {
  const { maxBytes, decodeImage, poll = () => undefined } = options;
  const inner = { bindings, poll, decodeImage, ...(maxBytes !== undefined && { maxBytes }) };
  return {
    dim(dim: Dim): number {
      const bound = bindDim(dim, bindings);
      if (bound === undefined) throw new ShapeError(`the dim ${dimToString(dim)} is not bound in this run.`);
      return bound;
    },
    run: (body, inputs) => evaluate(body, inputs, inner),
    poll,
    decodeImage,
  };
}

/** Learns the elements of a small integer input that dims may speak of. */
function bindElements(value: Value, datum: Datum | undefined, bindings: Map<string, number>): void {
  if (knownDims(value) === undefined || !isTensor(datum)) return;
  const name = String(value.attributes["name"]);
  numbers(datum).forEach((element, i) => void bindings.set(nameOfElement(name, i), element));
}

/** Learns symbols from the actual shape of a datum; those bound already stay. */
function bindShape(type: Type, datum: Datum | undefined, bindings: Map<string, number>): void {
  if (type.kind !== "tensor" || !isTensor(datum)) return;
  type.shape?.forEach((dim, i) => {
    if (typeof dim !== "number") solveDim(dim, datum.shape[i] as number, bindings);
  });
}
