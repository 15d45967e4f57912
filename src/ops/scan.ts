import type { Graph } from "../graph/graph.ts";
import { joinTypes } from "../graph/join-types.ts";
import type { EvalContext } from "../graph/op.ts";
import type { TensorType, Type } from "../graph/type.ts";
import { formatType, tensorType, tupleType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import type { Datum } from "../tensor/datum.ts";
import type { Dim } from "../tensor/dim.ts";
import { isUnknownDim, unknownDim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { tensor, zeros } from "../tensor/tensor.ts";
import { resolveAxis } from "./axis.ts";
import { op } from "./op.ts";
import { stackEntries } from "./stack-entries.ts";
import { takeEntries } from "./take-entries.ts";
import { tensorOperand } from "./tensor-operand.ts";

/** Where the steps of one scanned input or result lie, and whether the first step is the last entry there. */
type ScanAxis = { readonly axis: number; readonly reversed: boolean };

export type ScanAttributes = {
  /** (states..., one entry of each scanned input..., captures...) to (states..., results of the step...). */
  readonly body: Graph;
  /** How many values are handed on from step to step. */
  readonly states: number;
  /** One for each scanned input. */
  readonly inputAxes: readonly number[];
  readonly inputReversed: readonly boolean[];
  /** One for each result; an axis of the stacked tensor. */
  readonly outputAxes: readonly number[];
  readonly outputReversed: readonly boolean[];
};

/**
 * Runs the body once for each entry of the scanned inputs along their axes. Operands: the initial states, the scanned inputs, the
 * captures. A tuple of the last states and of the results of the steps, stacked along their axes.
 */
export const scan = op("scan", ["...values"], {
  anyKind: true,
  infer(values, attributes: ScanAttributes) {
    const { body, states, outputAxes } = attributes;
    const length = scanLength(values, attributes);
    const results = body.outputs.map(({ value }) => value.type);
    const last = results.slice(0, states).map((type, i) => stateType((values[i] as Value).type, type, i));
    const stacked = results.slice(states).map((type, i) => {
      const { dtype, shape } = entryType(type, i);
      const axis = shape && resolveAxis(outputAxes[i] as number, shape.length + 1);
      return tensorType(dtype, axis === undefined ? undefined : shape?.toSpliced(axis, 0, length));
    });
    return tupleType(...last, ...stacked);
  },
  eval(values: readonly (Datum | undefined)[], attributes: ScanAttributes, context) {
    const { body, states, inputAxes } = attributes;
    const captures = values.slice(states + inputAxes.length);
    const scanned = values.slice(states, states + inputAxes.length) as readonly Tensor[];
    const count = countSteps(scanned, attributes);
    const steps: Datum[][] = [];
    let state = values.slice(0, states);
    for (let i = 0; i < count; i++) {
      context.poll();
      const entries = scanned.map((x, n) => entryOf(x, i, inputAxis(attributes, n)));
      const results = context.run(body, [...state, ...entries, ...captures]);
      state = results.slice(0, states);
      steps.push(results.slice(states));
    }
    const stacked = body.outputs.slice(states).map(({ value }, n) => {
      const entries = steps.map((step) => step[n] as Tensor);
      return stackResults(entries, outputAxis(attributes, n), entryType(value.type, n), context);
    });
    return [...(state as Datum[]), ...stacked];
  },
});

const inputAxis = ({ inputAxes, inputReversed }: ScanAttributes, i: number): ScanAxis => ({
  axis: inputAxes[i] ?? 0,
  reversed: inputReversed[i] ?? false,
});
const outputAxis = ({ outputAxes, outputReversed }: ScanAttributes, i: number): ScanAxis => ({
  axis: outputAxes[i] ?? 0,
  reversed: outputReversed[i] ?? false,
});

/** The common size of the scanned axes; a number where one of them is one. Throws ShapeError when they certainly differ. */
function scanLength(values: readonly Value[], { states, inputAxes }: ScanAttributes): Dim {
  const lengths = inputAxes.map((axis, i): Dim => {
    const { shape } = tensorOperand(values[states + i], `scanned input ${i}`);
    return shape === undefined ? unknownDim : (shape[resolveAxis(axis, shape.length)] as Dim);
  });
  const known = lengths.filter((length) => typeof length === "number");
  if (known.some((length) => length !== known[0])) {
    throw new ShapeError(`the scanned axes must be of one size, got ${known.join(", ")}.`);
  }
  return known[0] ?? lengths.find((length) => !isUnknownDim(length)) ?? unknownDim;
}

function stateType(initial: Type, next: Type, index: number): Type {
  const type = joinTypes(initial, next);
  if (type !== undefined) return type;
  throw new ShapeError(
    `state ${index} must keep its dtype: it begins as ${formatType(initial)}, and the body makes it ${formatType(next)}.`,
  );
}

function entryType(type: Type, index: number): TensorType {
  if (type.kind === "tensor") return type;
  throw new ShapeError(`result ${index} of a step must be a tensor to be stacked, got ${formatType(type)}.`);
}

function countSteps(scanned: readonly Tensor[], { inputAxes }: ScanAttributes): number {
  const counts = scanned.map(({ shape }, i) => shape[resolveAxis(inputAxes[i]!, shape.length)]!);
  if (counts.every((count) => count === counts[0])) return counts[0] ?? 0;
  throw new ShapeError(`The scanned axes must be of one size, got ${counts.join(", ")}.`);
}

function entryOf(x: Tensor, step: number, { axis, reversed }: ScanAxis): Tensor {
  const at = resolveAxis(axis, x.shape.length);
  const { dtype, shape, data } = takeEntries(x, at, [reversed ? x.shape[at]! - 1 - step : step]);
  return tensor(dtype, shape.toSpliced(at, 1), data);
}

/** Without a step the type tells the shape, an unknown dim being 0. */
function stackResults(entries: Tensor[], { axis, reversed }: ScanAxis, type: TensorType, context: EvalContext): Tensor {
  const [first, ...others] = reversed ? entries.reverse() : entries;
  if (first !== undefined) {
    const at = resolveAxis(axis, first.shape.length + 1);
    return stackEntries([first, ...others], at, "The results of the steps");
  }
  const shape = (type.shape ?? []).map((dim) => (isUnknownDim(dim) ? 0 : context.dim(dim)));
  return zeros(type.dtype, shape.toSpliced(resolveAxis(axis, shape.length + 1), 0, 0));
}
