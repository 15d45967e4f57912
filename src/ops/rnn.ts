import { op } from "./op.ts";
import type { Cell, RecurrentAttributes } from "./recurrent.ts";
import { clipper, evalRecurrent, recurrentTypes } from "./recurrent.ts";
import { settleActivations } from "./recurrent-activations.ts";

/**
 * The simple recurrent layer h = f(w·x + r·h + biases), as (y, final h); shapes as in `recurrentTypes`, one gate, one activation a
 * direction. sequenceLens [batch] are the lengths of the sequences.
 */
export const rnn = op("rnn", ["x", "w", "r", "bias?", "sequenceLens?", "initialH?"], {
  infer: ([x, w, r, bias], attributes: RecurrentAttributes) =>
    recurrentTypes({ x, w, r, bias }, attributes, { gates: 1, functions: 1, states: 1 }),
  eval([x, w, r, bias, sequenceLens, initialH], attributes: RecurrentAttributes, context) {
    const [functions, clip] = [settleActivations(attributes), clipper(attributes.clip)];
    const direction: Cell["direction"] = (d, hidden) => {
      const f = functions[d]!;
      return ({ input, inputAt, recurrent, recurrentAt, states: [h], stateAt }) => {
        for (let j = 0; j < hidden; j++) h![stateAt + j] = f(clip(input[inputAt + j]! + recurrent[recurrentAt + j]!));
      };
    };
    return evalRecurrent(
      { x, w, r, bias, sequenceLens, initial: [initialH] },
      { gates: 1, direction },
      attributes,
      context,
    );
  },
});
