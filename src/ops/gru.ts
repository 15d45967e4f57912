import { numbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { op } from "./op.ts";
import type { Cell, RecurrentAttributes } from "./recurrent.ts";
import { clipper, evalRecurrent, recurrentTypes } from "./recurrent.ts";
import { settleActivations } from "./recurrent-activations.ts";

export interface GruAttributes extends RecurrentAttributes {
  /** The reset gate acts on r·h plus its bias, not on h itself. */
  readonly linearBeforeReset?: boolean | undefined;
}

/**
 * Gated recurrent units, as (y, final h); gates in the order update z, reset s, candidate c, activations f (gates), g, shapes as in
 * `recurrentTypes`. z = f(·), s = f(·), c = g(w·x + r·(s∘h)), or g(w·x + s∘(r·h)); h = (1 - z)∘c + z∘h.
 */
export const gru = op("gru", ["x", "w", "r", "bias?", "sequenceLens?", "initialH?"], {
  infer: ([x, w, r, bias], attributes: GruAttributes) =>
    recurrentTypes({ x, w, r, bias }, attributes, { gates: 3, functions: 2, states: 1 }),
  eval([x, w, r, bias, sequenceLens, initialH], attributes: GruAttributes, context) {
    return evalRecurrent(
      { x, w, r, bias, sequenceLens, initial: [initialH] },
      gruCell(r, bias, attributes),
      attributes,
      context,
    );
  },
});

function gruCell(r: Tensor, bias: Tensor | undefined, attributes: GruAttributes): Cell {
  const { linearBeforeReset = false } = attributes;
  const [functions, clip] = [settleActivations(attributes), clipper(attributes.clip)];
  const [weights, biases] = [numbers(r), bias && numbers(bias)];
  const direction: Cell["direction"] = (d, hidden) => {
    const [f, g] = [functions[2 * d]!, functions[2 * d + 1]!];
    const candidateRows = (d * 3 + 2) * hidden * hidden;
    const candidateBias = (d * 6 + 5) * hidden;
    const [update, resetState, candidate] = [
      new Float64Array(hidden),
      new Float64Array(hidden),
      new Float64Array(hidden),
    ];
    return ({ input, inputAt, recurrent, recurrentAt, states: [h], stateAt }) => {
      for (let j = 0; j < hidden; j++) {
        update[j] = f(clip(input[inputAt + j]! + recurrent[recurrentAt + j]!));
        const reset = f(clip(input[inputAt + hidden + j]! + recurrent[recurrentAt + hidden + j]!));
        resetState[j] = reset * h![stateAt + j]!;
        const linear = recurrent[recurrentAt + 2 * hidden + j]! + (biases?.[candidateBias + j] ?? 0);
        candidate[j] = input[inputAt + 2 * hidden + j]! + (linearBeforeReset ? reset * linear : 0);
      }
      for (let j = 0; j < hidden; j++) {
        let sum = candidate[j]!;
        const row = candidateRows + j * hidden;
        if (!linearBeforeReset) for (let k = 0; k < hidden; k++) sum += weights[row + k]! * resetState[k]!;
        h![stateAt + j] = (1 - update[j]!) * g(clip(sum)) + update[j]! * h![stateAt + j]!;
      }
    };
  };
  return { gates: 3, biasedGates: linearBeforeReset ? 2 : 3, direction };
}
