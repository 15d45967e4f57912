import type { Graph } from "../../../graph/graph.ts";
import { input, isAbsent } from "../../../graph/leaves.ts";
import type { Type } from "../../../graph/type.ts";
import { formatType, tensorType } from "../../../graph/type.ts";
import type { Value } from "../../../graph/value.ts";
import { resolveAxis } from "../../../ops/axis.ts";
import { pad } from "../../../ops/pad.ts";
import type { ScanAttributes } from "../../../ops/scan.ts";
import { scan } from "../../../ops/scan.ts";
import { slice } from "../../../ops/slice.ts";
import { sub } from "../../../ops/sub.ts";
import { operandShape, tensorOperand } from "../../../ops/tensor-operand.ts";
import { FormatError } from "../../../tensor/errors.ts";
import type { OnnxNode } from "../node.ts";
import { joinSizes, requiredAttribute, reshapeTo, sizeOf } from "../shape-values.ts";
import { steadyBody } from "./steady-body.ts";
import { tupleResults } from "./tuple-results.ts";

/** The states and the scanned inputs of a Scan. */
interface ScanInputs {
  readonly states: readonly Value[];
  readonly scanned: readonly Value[];
}

function splitInputs(values: readonly Value[], node: OnnxNode): ScanInputs {
  const count = requiredAttribute(node.int("num_scan_inputs"), "num_scan_inputs");
  const states = node.bodyInputs("body").length - count;
  if (count > 0 && states >= 0) {
    const scanned = values.slice(states, states + count);
    return { states: values.slice(0, states), scanned };
  }
  throw new FormatError(
    `attribute "num_scan_inputs" must be at least 1 and at most the ${states + count} inputs of the body, got ${count}.`,
  );
}

/** Scan since opset 9. */
export function plainScan(values: readonly Value[], node: OnnxNode): readonly Value[] {
  const { states, scanned } = splitInputs(values, node);
  const inputAxes = perEntry(node, "scan_input_axes", scanned.length);
  const types = [
    ...states.map(({ type }) => type),
    ...scanned.map((x, i) => withoutAxis(x, inputAxes[i] ?? 0, `scan input ${i}`)),
  ];
  const carried = states.length;
  const { body, outer } = steadyBody(node, { types, carried, carriedAt: 0, resultsAt: 0 });
  const results = Math.max(0, body.outputs.length - carried);
  const attributes = {
    body,
    states: carried,
    inputAxes,
    inputReversed: directions(node, "scan_input_directions", scanned.length),
    outputAxes: perEntry(node, "scan_output_axes", results),
    outputReversed: directions(node, "scan_output_directions", results),
  };
  return tupleResults(scan([...states, ...scanned, ...outer], attributes));
}

/** Scan of opset 8: every value has a batch axis in front, and an item of the batch may end early; its results are then padded with zeros. */
export function batchedScan(lengths: Value, values: readonly Value[], node: OnnxNode): readonly Value[] {
  const { states, scanned } = splitInputs(values, node);
  const given = [...states, ...scanned];
  const items = given.map((value, i) => input(`item ${i}`, withoutAxis(value, 0, `input ${i + 1}`)));
  const entries = items.slice(states.length).map((item, i) => withoutAxis(item, 0, `scan input ${i}`));
  const types = [...items.slice(0, states.length).map(({ type }) => type), ...entries];
  const { body, outer } = steadyBody(node, { types, carried: states.length, carriedAt: 0, resultsAt: 0 });
  const results = Math.max(0, body.outputs.length - states.length);
  const attributes = {
    body,
    states: states.length,
    inputAxes: entries.map(() => 0),
    inputReversed: directions(node, "directions", entries.length),
    outputAxes: Array.from({ length: results }, () => 0),
    outputReversed: Array.from({ length: results }, () => false),
  };
  const length = isAbsent(lengths) ? undefined : input("length", withoutAxis(lengths, 0, "sequence_lens"));
  const perItem = itemGraph(items, length, attributes);
  const own = perItem.inputs.length - outer.length;
  const axes = Array.from({ length: own }, () => 0);
  const batch = {
    body: perItem,
    states: 0,
    inputAxes: axes,
    inputReversed: axes.map(() => false),
    outputAxes: perItem.outputs.map(() => 0),
    outputReversed: perItem.outputs.map(() => false),
  };
  return tupleResults(scan([...(length === undefined ? [] : [lengths]), ...given, ...outer], batch));
}

/** The scan of one item of a batch, over its first `length` steps. */
function itemGraph(items: readonly Value[], length: Value | undefined, attributes: ScanAttributes): Graph {
  const { body, states } = attributes;
  const passed = body.inputs.slice(items.length).map((value, i) => input(`captured ${i}`, value.type));
  const end = length && reshapeTo(length, [1]);
  const scanned = items.slice(states).map((x) => (end === undefined ? x : slice(x, [0], end, [0], undefined)));
  const total = sizeOf(items[states] as Value, 0);
  const outputs = tupleResults(scan([...items.slice(0, states), ...scanned, ...passed], attributes)).map((value, i) => {
    const isCut = end !== undefined && i >= states;
    return {
      name: `result ${i}`,
      value: isCut ? pad(value, joinSizes([0], sub(total, end)), undefined, [0], { mode: "constant" }) : value,
    };
  });
  return { name: "item", inputs: [...(length === undefined ? [] : [length]), ...items, ...passed], outputs };
}

function withoutAxis(x: Value, axis: number, name: string): Type {
  const [{ dtype }, shape] = [tensorOperand(x, name), operandShape(x, name)];
  if (shape?.length === 0) throw new FormatError(`${name} must have an axis to scan, got ${formatType(x.type)}.`);
  return tensorType(dtype, shape?.toSpliced(resolveAxis(axis, shape.length), 1));
}

/** An attribute with a number for each input or output; zeros where it is left out. */
function perEntry(node: OnnxNode, name: string, count: number): readonly number[] {
  const given = node.ints(name);
  if (given === undefined) return Array.from({ length: count }, () => 0);
  if (given.length === count) return given;
  throw new FormatError(`attribute "${name}" must have ${count} entries, got ${given.length}.`);
}

const directions = (node: OnnxNode, name: string, count: number): readonly boolean[] =>
  perEntry(node, name, count).map((direction) => direction === 1);
