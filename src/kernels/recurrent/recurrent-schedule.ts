import type { Target } from "../../ir/target.ts";
import type { GruAttributes } from "../../ops/gru.ts";
import type { LstmAttributes } from "../../ops/lstm.ts";
import { settledParameters } from "../../ops/recurrent-activations.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { cutRows } from "../matmul/choose-tile.ts";
import { denseLaunches, panelWidth } from "../matmul/dense-launches.ts";
import type { Launch, Packed, Place, Schedule, StepFacts, TensorFacts } from "../schedule.ts";
import { operand, packed, result, temporary, use } from "../schedule.ts";
import type { CellName } from "./cells.ts";
import type { LayerShape } from "./pack-weights.ts";
import { packBias, packInput, packState } from "./pack-weights.ts";
import type { Recurrent } from "./recurrent.ts";
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
    const made = bias ? 3 : 2;
    const parts = Array.from({ length: shape.directions }, (_, d) =>
      directionOf({ step, shape, d, firstPacked: made * d }),
    );
    return {
      launches: parts.flatMap(({ launches }) => launches),
      temporaries: temporariesOf(shape),
      packed: parts.flatMap((part) => part.packed),
      ...(lengths && { fault: { temporary: scratch.fault, words: shape.batch } }),
    };
  },
};

function shapeOf(
  { op, attributes }: StepFacts,
  target: Target,
  { x, r }: { readonly x: TensorFacts; readonly r: TensorFacts },
): LayerShape {
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
const scratch = { input: 0, sums: 1, reset: 2, h: 3, c: 4, fault: 5 } as const;

function temporariesOf({ steps, batch, gates, hidden, gatePanels, width }: LayerShape): number[] {
  const state = batch * hidden;
  return [steps * state * gates, batch * gates * gatePanels * width, state, state, state, batch].map(
    (count) => 4 * count,
  );
}

/** One direction of a step. */
interface DirectionStep {
  readonly step: StepFacts;
  readonly shape: LayerShape;
  readonly d: number;
  /** The number of its first packed constant: w, r, then the bias. */
  readonly firstPacked: number;
}

function directionOf(of: DirectionStep): { readonly launches: Launch[]; readonly packed: Packed[] } {
  const { step, shape, d, firstPacked } = of;
  const { target, gates, steps, batch, depth, hidden, width } = shape;
  const [, w, r, bias, lengths] = step.operands;
  const options = optionsOf(of);
  const columns = gates * hidden;
  const biasedGates = options.linearBeforeReset ? 2 : gates;
  const made = [
    packInput(w?.constant as Tensor, { ...shape, d }),
    packState(r?.constant as Tensor, { ...shape, d }),
    ...(bias?.constant ? [packBias(bias.constant, { ...shape, d, biasedGates })] : []),
  ];
  const product = {
    ...{ m: steps * batch, n: columns, depth, a: operand(0), b: packed(firstPacked) },
    ...{ c: temporary(scratch.input), bias: bias && packed(firstPacked + 2) },
  };
  const words = wordsOf(of);
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
  return { launches: [...denseLaunches(product, target), ...launches], packed: made };
}

/** What the kernel of a direction is like, but for its tile. */
function optionsOf({ step, shape: { cell, directions }, d }: DirectionStep): Omit<Recurrent, "mr" | "nv" | "span"> {
  const [, , , bias, lengths, initialH, initialC, peepholes] = step.operands;
  const attributes = step.attributes as unknown as Attributes;
  const linearBeforeReset = cell === "gru" && (attributes.linearBeforeReset ?? false);
  const all = settledParameters(attributes);
  const functions = all.length / directions;
  return {
    ...{ cell, clip: attributes.clip, coupled: attributes.coupled ?? false, linearBeforeReset },
    activations: all.slice(d * functions, (d + 1) * functions),
    ...{ hasPeepholes: peepholes !== undefined, hasCandidateBias: linearBeforeReset && bias !== undefined },
    ...{ hasLengths: lengths !== undefined, hasOutput: step.results[0] !== undefined },
    ...{ hasInitialH: initialH !== undefined, hasInitialC: initialC !== undefined },
  };
}

function wordsOf({ step, shape, d, firstPacked }: DirectionStep): Readonly<Record<string, number | Place>> {
  const { cell, gates, directions, steps, batch, hidden, gatePanels } = shape;
  const state = 4 * d * batch * hidden;
  const none = operand(0);
  const given = (index: number, bytes: number): Place => (step.operands[index] ? operand(index, bytes) : none);
  const left = (index: number, otherwise: Place): Place => (step.results[index] ? result(index, state) : otherwise);
  return {
    ...{ x: temporary(scratch.input), r: packed(firstPacked + 1) },
    ...{ sums: temporary(scratch.sums), reset: temporary(scratch.reset), y: left(0, none) },
    ...{ h: left(1, temporary(scratch.h)), c: cell === "lstm" ? left(2, temporary(scratch.c)) : none },
    ...{ h0: given(5, state), c0: given(6, state), peepholes: given(7, 12 * d * hidden), lengths: given(4, 0) },
    fault: temporary(scratch.fault),
    bias: given(3, 4 * hidden * (2 * d * gates + gates + 2)),
    ...{ steps, batch, hidden, gatePanels, yStep: directions * batch * hidden },
    reverse: step.attributes["direction"] === "reverse" || d === 1 ? 1 : 0,
  };
}
