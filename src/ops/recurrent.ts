// What rnn, gru and lstm share: types, directions, lengths of sequences, and the walk over time.

import { isAbsent } from "../graph/leaves.ts";
import type { EvalContext } from "../graph/op.ts";
import type { TensorType, TupleType } from "../graph/type.ts";
import { formatType, tensorType, tupleType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import type { Dim } from "../tensor/dim.ts";
import { floorDivDims, subDims, unknownDim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import type { NumberArray } from "../tensor/numbers.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { denseProduct, evenOffsets } from "./dense-product.ts";
import { requireDType } from "./dtype-class.ts";
import type { ActivationSettings } from "./recurrent-activations.ts";
import { activationNames } from "./recurrent-activations.ts";
import { roundHalfEven } from "./round.ts";
import { operandShape, tensorOperand } from "./tensor-operand.ts";

export interface RecurrentAttributes extends ActivationSettings {
  readonly direction: "forward" | "reverse" | "bidirectional";
  /** Bounds what goes into the activations to [-clip, clip]. */
  readonly clip?: number | undefined;
  /** The hidden state enters r·h rounded to 256 even steps over its range, which holds 0, as dynamic quantisation does. */
  readonly quantizesState?: boolean | undefined;
}

export const directionsOf = ({ direction }: RecurrentAttributes): number => (direction === "bidirectional" ? 2 : 1);

interface RecurrentOperands {
  readonly x: Value;
  readonly w: Value;
  readonly r: Value;
  readonly bias: Value;
}

/**
 * The types of y [time, directions, batch, hidden] and of `states` final states [directions, batch, hidden], for x [time, batch,
 * input], w [directions, gates·hidden, input], r [directions, gates·hidden, hidden], bias [directions, 2·gates·hidden].
 */
export function recurrentTypes(
  { x, w, r, bias }: RecurrentOperands,
  attributes: RecurrentAttributes,
  { gates, functions, states }: { readonly gates: number; readonly functions: number; readonly states: number },
): TupleType {
  const { dtype } = tensorOperand(x, "x");
  requireDType(dtype, "float", "x");
  const [xShape, wShape, rShape] = [operandShape(x, "x", 3), operandShape(w, "w", 3), operandShape(r, "r", 3)];
  const fail = (why: string): never => {
    throw new ShapeError(`${why}: x ${formatType(x.type)}, w ${formatType(w.type)}, r ${formatType(r.type)}.`);
  };
  const directions = directionsOf(attributes);
  const hidden = rShape?.[2] ?? floorDivDims(wShape?.[1] ?? unknownDim, gates);
  if (typeof hidden === "number") {
    if (differs(wShape?.[1], gates * hidden) || differs(rShape?.[1], gates * hidden))
      fail(`w and r must have ${gates} gates of ${hidden} rows`);
    if (!isAbsent(bias) && differs(operandShape(bias, "bias", 2)?.[1], 2 * gates * hidden)) {
      throw new ShapeError(`bias must have ${2 * gates * hidden} elements a direction, got ${formatType(bias.type)}.`);
    }
  }
  if (differs(wShape?.[0], directions) || differs(rShape?.[0], directions))
    fail(`direction ${attributes.direction} needs weights for ${directions}`);
  if (differs(wShape?.[2], xShape?.[2])) fail("x and w differ in the size of the input");
  checkActivations(attributes, functions * directions);
  const state: TensorType = tensorType(dtype, [directions, xShape?.[1] ?? unknownDim, hidden]);
  const y = tensorType(dtype, [xShape?.[0] ?? unknownDim, directions, xShape?.[1] ?? unknownDim, hidden]);
  return tupleType(y, ...new Array<TensorType>(states).fill(state));
}

const differs = (a: Dim | undefined, b: Dim | undefined): boolean => {
  const difference = subDims(a ?? unknownDim, b ?? unknownDim);
  return typeof difference === "number" && difference !== 0;
};

function checkActivations({ activations }: RecurrentAttributes, count: number): void {
  const unknown = activations.find((name) => !activationNames.includes(name));
  if (unknown !== undefined)
    throw new ShapeError(`there is no activation "${unknown}"; there are ${activationNames.join(", ")}.`);
  if (activations.length !== count) {
    throw new ShapeError(`${count} activations are needed, got ${activations.length}: [${activations.join(", ")}].`);
  }
}

/** The tensors of one evaluation. */
export interface RecurrentInputs {
  readonly x: Tensor;
  readonly w: Tensor;
  readonly r: Tensor;
  readonly bias: Tensor | undefined;
  readonly sequenceLens: Tensor | undefined;
  /** The states at the start, hidden state first; zeros where left out. */
  readonly initial: readonly (Tensor | undefined)[];
}

/** One step of one direction for one entry of the batch. All arrays are f64. */
export interface CellStep {
  /** w·x plus the biases that the cell asked for, at `inputAt`, one number a gate and hidden unit. */
  readonly input: Float64Array;
  readonly inputAt: number;
  /** r·h of the step before, at `recurrentAt`. */
  readonly recurrent: Float64Array;
  readonly recurrentAt: number;
  /** The states, to be overwritten from `stateAt` on. */
  readonly states: readonly Float64Array[];
  readonly stateAt: number;
}

export interface Cell {
  readonly gates: number;
  /** Makes the step of one direction. */
  readonly direction: (d: number, hidden: number) => (step: CellStep) => void;
  /** How many of the gates have the recurrent bias added to their input. */
  readonly biasedGates?: number;
}

/** Runs a cell over time in each direction. Entries of the batch stop after their own length: y is zero from there on. */
export function evalRecurrent(
  inputs: RecurrentInputs,
  cell: Cell,
  attributes: RecurrentAttributes,
  context: EvalContext,
): Tensor[] {
  const { x, r, initial } = inputs;
  const [time, batch, hidden] = [x.shape[0]!, x.shape[1]!, r.shape[2]!];
  const directions = directionsOf(attributes);
  const lengths = lengthsOf(inputs);
  const y = new Float64Array(time * directions * batch * hidden);
  const finals = initial.map(() => new Float64Array(directions * batch * hidden));
  for (let d = 0; d < directions; d++) {
    const size = batch * hidden;
    const states = initial.map((state) => initialState(state, d, directions, size));
    const input = projectInput(inputs, cell, d, context);
    const recurrent = new Float64Array(batch * cell.gates * hidden);
    const step = cell.direction(d, hidden);
    const isReverse = attributes.direction === "reverse" || d === 1;
    for (let t = 0; t < time; t++) {
      context.poll();
      const running = (b: number): boolean => t < lengths[b]!;
      const state = attributes.quantizesState ? rounded(states[0]!, hidden, running) : states[0]!;
      multiplyState(state, { r, d, out: recurrent, context });
      for (let b = 0; b < batch; b++) {
        if (!running(b)) continue;
        const at = isReverse ? lengths[b]! - 1 - t : t;
        const width = cell.gates * hidden;
        step({
          input,
          inputAt: (at * batch + b) * width,
          recurrent,
          recurrentAt: b * width,
          states,
          stateAt: b * hidden,
        });
        y.set(states[0]!.subarray(b * hidden, (b + 1) * hidden), ((at * directions + d) * batch + b) * hidden);
      }
    }
    finals.forEach((final, i) => {
      final.set(states[i]!, d * size);
    });
  }
  const { dtype } = x;
  const ends = finals.map((final) => fromNumbers(dtype, [directions, batch, hidden], final));
  return [fromNumbers(dtype, [time, directions, batch, hidden], y), ...ends];
}

/** The length of each sequence of the batch. */
function lengthsOf({ x, sequenceLens }: RecurrentInputs): number[] {
  const [time, batch] = [x.shape[0]!, x.shape[1]!];
  if (sequenceLens === undefined) return new Array<number>(batch).fill(time);
  const lengths = Array.from(numbers(sequenceLens));
  if (lengths.length === batch && lengths.every((length) => length >= 0 && length <= time)) return lengths;
  throw new ShapeError(
    `sequenceLens must be ${batch} lengths from 0 to the ${time} steps of x, got [${lengths.join(", ")}].`,
  );
}

/** A state at the start, in f64. */
function initialState(state: Tensor | undefined, d: number, directions: number, size: number): Float64Array {
  if (state === undefined) return new Float64Array(size);
  const values = numbers(state);
  if (values.length === directions * size) return Float64Array.from(values.subarray(d * size, (d + 1) * size));
  throw new ShapeError(
    `an initial state must have ${directions * size} elements [directions, batch, hidden], got [${state.shape.join(", ")}].`,
  );
}

/** w·x for all times at once, plus the input bias and, for the first `biasedGates` gates, the recurrent bias. */
function projectInput(
  { x, w, r, bias }: RecurrentInputs,
  { gates, biasedGates = gates }: Cell,
  d: number,
  context: EvalContext,
): Float64Array {
  const [rows, depth, hidden] = [x.shape[0]! * x.shape[1]!, x.shape[2]!, r.shape[2]!];
  const width = gates * hidden;
  const [out, sums] = [new Float64Array(rows * width), new Float64Array(width)];
  if (bias !== undefined) {
    const values = numbers(bias);
    for (let i = 0; i < width; i++) {
      sums[i] = values[2 * d * width + i]! + (i < biasedGates * hidden ? values[(2 * d + 1) * width + i]! : 0);
    }
  }
  denseProduct(
    { data: numbers(x), offset: 0, rows: evenOffsets(rows, depth), columns: evenOffsets(depth, 1) },
    { data: numbers(w), offset: d * width * depth, rows: evenOffsets(depth, 1), columns: evenOffsets(width, depth) },
    { data: out, offset: 0, rows: evenOffsets(rows, width), columns: evenOffsets(width, 1) },
    { plus: { data: sums, offset: 0, rows: evenOffsets(rows, 0), columns: evenOffsets(width, 1) }, context },
  );
  return out;
}

interface StateProduct {
  readonly r: Tensor;
  readonly d: number;
  readonly out: Float64Array;
  readonly context: EvalContext;
}

/** out = state · rᵀ for all of the batch. */
function multiplyState(state: NumberArray, { r, d, out, context }: StateProduct): void {
  const [width, hidden] = [r.shape[1]!, r.shape[2]!];
  const batch = state.length / hidden;
  denseProduct(
    { data: state, offset: 0, rows: evenOffsets(batch, hidden), columns: evenOffsets(hidden, 1) },
    { data: numbers(r), offset: d * width * hidden, rows: evenOffsets(hidden, 1), columns: evenOffsets(width, hidden) },
    { data: out, offset: 0, rows: evenOffsets(batch, width), columns: evenOffsets(width, 1) },
    { context },
  );
}

/** The nearest of 256 even steps from min(0, least) to max(0, most) over the entries that count, 0 being one of them. */
function rounded(state: Float64Array, hidden: number, counts: (b: number) => boolean): Float64Array {
  const seen = state.filter((_value, i) => counts(Math.floor(i / hidden)));
  const low = seen.reduce((least, value) => Math.min(least, value), 0);
  const high = seen.reduce((most, value) => Math.max(most, value), 0);
  if (low === high) return state;
  const step = Math.fround(Math.fround(high - low) / 255);
  const zero = roundHalfEven(Math.fround(-low / step));
  return state.map((value) => {
    const level = Math.min(255, Math.max(0, roundHalfEven(Math.fround(value / step)) + zero));
    return (level - zero) * step;
  });
}

/** Keeps what goes into an activation within the clip. */
export const clipper = (clip: number | undefined): ((x: number) => number) =>
  clip === undefined ? (x) => x : (x) => Math.min(Math.max(x, -clip), clip);
