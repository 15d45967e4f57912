import { isAbsent } from "../graph/leaves.ts";
import { formatType } from "../graph/type.ts";
import { ShapeError } from "../tensor/errors.ts";
import { numbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { op } from "./op.ts";
import type { Cell, RecurrentAttributes } from "./recurrent.ts";
import { clipper, evalRecurrent, recurrentTypes } from "./recurrent.ts";
import { settleActivations } from "./recurrent-activations.ts";
import { operandShape } from "./tensor-operand.ts";

export interface LstmAttributes extends RecurrentAttributes {
  /** The forget gate is 1 less the input gate. */
  readonly coupled?: boolean | undefined;
}

/**
 * Long short-term memory, as (y, final h, final c); gates in the order input i, output o, forget f, cell candidate, activations
 * f (gates), g (candidate), h (output), shapes as in `recurrentTypes`; peepholes [directions, 3·hidden] in the order i, o, f.
 * c = f∘c + i∘g(·); h = o∘h(c); i and f see the old cell through their peepholes, o the new one.
 */
export const lstm = op("lstm", ["x", "w", "r", "bias?", "sequenceLens?", "initialH?", "initialC?", "peepholes?"], {
  infer([x, w, r, bias, _sequenceLens, _initialH, _initialC, peepholes], attributes: LstmAttributes) {
    const peeps = isAbsent(peepholes) ? undefined : operandShape(peepholes, "peepholes", 2)?.[1];
    const hidden = operandShape(r, "r", 3)?.[2];
    if (typeof peeps === "number" && typeof hidden === "number" && peeps !== 3 * hidden) {
      throw new ShapeError(
        `peepholes must have ${3 * hidden} elements a direction, got ${formatType(peepholes.type)}.`,
      );
    }
    return recurrentTypes({ x, w, r, bias }, attributes, { gates: 4, functions: 3, states: 2 });
  },
  eval([x, w, r, bias, sequenceLens, initialH, initialC, peepholes], attributes: LstmAttributes, context) {
    const inputs = { x, w, r, bias, sequenceLens, initial: [initialH, initialC] };
    return evalRecurrent(inputs, lstmCell(peepholes, attributes), attributes, context);
  },
});

function lstmCell(peepholes: Tensor | undefined, attributes: LstmAttributes): Cell {
  const { coupled = false } = attributes;
  const [functions, clip] = [settleActivations(attributes), clipper(attributes.clip)];
  const direction: Cell["direction"] = (d, hidden) => {
    const [f, g, h] = functions.slice(3 * d, 3 * d + 3) as [Activate, Activate, Activate];
    const peep = peepholes
      ? numbers(peepholes).subarray(3 * d * hidden, 3 * (d + 1) * hidden)
      : new Float64Array(3 * hidden);
    return ({ input, inputAt, recurrent, recurrentAt, states: [hiddenState, cellState], stateAt }) => {
      for (let j = 0; j < hidden; j++) {
        const sum = (gate: number) => input[inputAt + gate * hidden + j]! + recurrent[recurrentAt + gate * hidden + j]!;
        const old = cellState![stateAt + j]!;
        const inGate = f(clip(sum(0) + peep[j]! * old));
        const forget = coupled ? 1 - inGate : f(clip(sum(2) + peep[2 * hidden + j]! * old));
        const cell = forget * old + inGate * g(clip(sum(3)));
        cellState![stateAt + j] = cell;
        hiddenState![stateAt + j] = f(clip(sum(1) + peep[hidden + j]! * cell)) * h(cell);
      }
    };
  };
  return { gates: 4, direction };
}

type Activate = (x: number) => number;
