import type { Target } from "../../ir/target.ts";
import type { GruAttributes } from "../../ops/gru.ts";
import type { LstmAttributes } from "../../ops/lstm.ts";
import { settledParameters } from "../../ops/recurrent-activations.ts";
import { numbers } from "../../tensor/numbers.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { cutRows } from "../matmul/choose-tile.ts";
import { denseLaunches, panelWidth } from "../matmul/dense-launches.ts";
import { packColumns } from "../matmul/pack-matrix.ts";
import type { Launch, Packed, Place, Schedule, StepFacts, TensorFacts } from "../schedule.ts";
import { operand, packed, result, temporary, use } from "../schedule.ts";
import type { CellName } from "./cells.ts";
import { gatesOf, recurrent } from "./recurrent.ts";

type Attributes = LstmAttributes & GruAttributes;

/** Recurrent layers of f32 with constant weights: w·x for all times at once, then the steps of each sequence one after another. */
export const recurrentSchedule: Schedule = {
  name: "recurrent",
  ops: ["lstm", "gru", "rnn"],
  plan(step, target) {
    const [x, w, r, bias, lengths] = step.operands as readonly [
      TensorFacts,
      TensorFacts,
      TensorFacts,
      ...TensorFacts[],
    ];
    if (x.dtype !== "f32") return `${x.dtype} has no recurrent kernels`;
    if (!w.constant || !r.constant || (bias && !bias.constant))
      return "weights and biases must be constant to be packed";
    if (lengths && lengths.dtype !== "i32") return `lengths of ${lengths.dtype} have no kernels`;
    if ((step.attributes as unknown as Attributes).quantizesState) return "a quantized state has no kernels";
    if (target.lanes === undefined) return "panels need the number of lanes";
    const shape = shapeOf(step, target, { x, r });
    const parts = Array.from({ length: shape.directions }, (_, d) => directionOf(step, shape, d));
    return {
      launches: parts.flatMap(({ launches }) => launches),
      temporaries: temporariesOf(shape),
      packed: parts.flatMap((part) => part.packed),
    };
  },
};

interface Shape {
  readonly cell: CellName;
  readonly target: Target;
  readonly gates: number;
  readonly directions: number;
  readonly steps: number;
  readonly batch: number;
  readonly depth: number;
  readonly hidden: number;
  /** Columns of a panel of r, and panels of a gate. */
  readonly width: number;
  readonly gatePanels: number;
}

function shapeOf(
  { op, attributes }: StepFacts,
  target: Target,
  { x, r }: { readonly x: TensorFacts; readonly r: TensorFacts },
): Shape {
  const [steps, batch, depth] = x.shape as readonly [number, number, number];
  const hidden = r.shape[2] as number;
  const cell = op as CellName;
  const width = panelWidth(target, Number.POSITIVE_INFINITY);
  const directions = attributes["direction"] === "bidirectional" ? 2 : 1;
  return {
    cell,
    target,
    gates: gatesOf[cell],
    directions,
    steps,
    batch,
    depth,
    hidden,
    width,
    gatePanels: Math.ceil(hidden / width),
  };
}

/** Temporary memory by number, used by one direction after the other. */
const scratch = { input: 0, sums: 1, reset: 2, h: 3, c: 4 } as const;

function temporariesOf({ steps, batch, gates, hidden, gatePanels, width }: Shape): number[] {
  const state = batch * hidden;
  return [steps * state * gates, batch * gates * gatePanels * width, state, state, state].map((count) => 4 * count);
}

function directionOf(
  step: StepFacts,
  shape: Shape,
  d: number,
): { readonly launches: Launch[]; readonly packed: Packed[] } {
  const { cell, target, gates, directions, steps, batch, depth, hidden, width, gatePanels } = shape;
  const [, w, r, bias, lengths, initialH] = step.operands;
  const initialC = cell === "lstm" ? step.operands[6] : undefined;
  const peepholes = cell === "lstm" ? step.operands[7] : undefined;
  const attributes = step.attributes as unknown as Attributes;
  const linearBeforeReset = cell === "gru" && (attributes.linearBeforeReset ?? false);
  const biasedGates = linearBeforeReset ? 2 : gates;
  const perDirection = 2 + (bias ? 1 : 0);
  const first = d * perDirection;
  const columns = gates * hidden;
  const made = [
    packInput(w?.constant as Tensor, { ...shape, d }),
    packState(r?.constant as Tensor, { ...shape, d }),
    ...(bias?.constant ? [packBias(bias.constant, { ...shape, d, biasedGates })] : []),
  ];
  const product = denseLaunches(
    {
      m: steps * batch,
      n: columns,
      depth,
      a: operand(0),
      b: packed(first),
      c: temporary(scratch.input),
      bias: bias && packed(first + 2),
    },
    target,
  );
  const state = 4 * d * batch * hidden;
  const place = (index: number, otherwise: number): Place =>
    step.results[index] ? result(index, state) : temporary(otherwise);
  const all = settledParameters(attributes);
  const functions = all.length / directions;
  const none = operand(0);
  const options = {
    ...{ cell, clip: attributes.clip, coupled: attributes.coupled ?? false, linearBeforeReset },
    activations: all.slice(d * functions, (d + 1) * functions),
    ...{ hasPeepholes: peepholes !== undefined, hasCandidateBias: linearBeforeReset && bias !== undefined },
    ...{ hasLengths: lengths !== undefined, hasOutput: step.results[0] !== undefined },
    ...{ hasInitialH: initialH !== undefined, hasInitialC: initialC !== undefined },
  };
  const words = {
    ...{
      x: temporary(scratch.input),
      r: packed(first + 1),
      sums: temporary(scratch.sums),
      reset: temporary(scratch.reset),
    },
    ...{
      y: step.results[0] ? result(0, state) : none,
      h: place(1, scratch.h),
      c: cell === "lstm" ? place(2, scratch.c) : none,
    },
    ...{ h0: initialH ? operand(5, state) : none, c0: initialC ? operand(6, state) : none },
    peepholes: peepholes ? operand(7, 4 * 3 * d * hidden) : none,
    bias: bias ? operand(3, 4 * (d * 2 * columns + columns + 2 * hidden)) : none,
    lengths: lengths ? operand(4) : none,
    ...{ steps, batch, hidden, gatePanels, yStep: directions * batch * hidden },
    reverse: attributes.direction === "reverse" || d === 1 ? 1 : 0,
  };
  const nv = width / (target.lanes as number);
  const runs = cutRows(batch, { mr: lengths ? 1 : (target.tiles[0]?.mr ?? 1), nv });
  const launches = runs.map(({ mr, span, firstRow, rowPanels }): Launch => {
    const sequences = mr * rowPanels;
    return {
      kernel: use(recurrent, { ...options, mr, nv, span: mr === 1 ? 4 : span }),
      words: { ...words, firstRow },
      items: rowPanels,
      flops: sequences * steps * columns * (2 * hidden + 30),
      bytes: 4 * steps * columns * (hidden * rowPanels + 2 * sequences),
    };
  });
  return { launches: [...product, ...launches], packed: made };
}

type Direction = Shape & { readonly d: number };

/** w of a direction, [gates · hidden, depth], as columns. */
function packInput(source: Tensor, { d, gates, hidden, depth, target }: Direction): Packed {
  const count = gates * hidden;
  const columns = Array.from({ length: count }, (_, j) => (d * count + j) * depth);
  return packColumns({ source, key: `direction ${d}`, depth, columns, apart: 1, width: panelWidth(target, count) });
}

/** r of a direction, [gates · hidden, hidden], as columns, each gate from a panel of its own on. */
function packState(source: Tensor, { d, gates, hidden, width, gatePanels }: Direction): Packed {
  const wide = gatePanels * width;
  const columns = Array.from({ length: gates * wide }, (_, j) => {
    const [gate, unit] = [Math.floor(j / wide), j % wide];
    return unit < hidden ? (d * gates * hidden + gate * hidden + unit) * hidden : -1;
  });
  return packColumns({ source, key: `state ${d} of ${gates}`, depth: hidden, columns, apart: 1, width });
}

/** The bias of w·x, with that of r·h for the first `biasedGates` gates. */
function packBias(
  source: Tensor,
  { d, gates, hidden, biasedGates }: Direction & { readonly biasedGates: number },
): Packed {
  const count = gates * hidden;
  return {
    source,
    key: `biases ${d} ${gates} ${biasedGates}`,
    bytes: 4 * count,
    write(target) {
      const values = numbers(source);
      const to = new Float32Array(target.buffer as ArrayBuffer, target.byteOffset, count);
      for (let i = 0; i < count; i++) {
        const second = i < biasedGates * hidden ? (values[(2 * d + 1) * count + i] as number) : 0;
        to[i] = (values[2 * d * count + i] as number) + second;
      }
    },
  };
}
