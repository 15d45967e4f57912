import type { Builder } from "../../ir/builder.ts";
import type { Node } from "../../ir/node.ts";
import type { SettledActivation } from "../../ops/recurrent-activations.ts";
import { activate } from "./activation.ts";

export type CellName = "lstm" | "gru" | "rnn";

/** How a cell computes; see the operators of these names. */
export interface CellForm {
  readonly cell: CellName;
  readonly activations: readonly SettledActivation[];
  readonly clip?: number | undefined;
  readonly coupled: boolean;
  readonly linearBeforeReset: boolean;
}

/** What a cell reads for some of its hidden units. */
export interface CellInputs {
  /** w·x with its biases, and r·h, of a gate. */
  readonly input: (gate: number) => Node;
  readonly recurrent: (gate: number) => Node;
  readonly h: Node;
  readonly c: Node | undefined;
  /** The weight of the old or new cell in gate i, o or f; undefined where there are no peepholes. */
  readonly peephole: (gate: number) => Node | undefined;
  /** What is added to r·h of the candidate of a gru that resets it; undefined where it has no bias. */
  readonly candidateBias: () => Node | undefined;
}

/** The states after a step. */
export interface CellStates {
  readonly h: Node;
  readonly c?: Node;
}

/** The functions of a cell by their place in the list. */
function functionsOf(k: Builder, { activations, clip }: CellForm): (at: number, x: Node) => Node {
  const clipped = (x: Node): Node => (clip === undefined ? x : k.minAny(k.maxAny(x, -clip), clip));
  return (at, x) => activate(k, activations[at] as SettledActivation, clipped(x));
}

export const stepOf: Readonly<Record<CellName, (k: Builder, form: CellForm, inputs: CellInputs) => CellStates>> = {
  rnn: (k, form, { input, recurrent }) => ({ h: functionsOf(k, form)(0, k.add(input(0), recurrent(0))) }),
  lstm(k, form, { input, recurrent, c, peephole }) {
    const old = c as Node;
    const [inGate, outGate, forget, candidate] = [0, 1, 2, 3] as const;
    const apply = functionsOf(k, form);
    const sum = (gate: number, cell: Node): Node => {
      const total = k.add(input(gate), recurrent(gate));
      const peep = peephole(gate);
      return peep ? k.add(total, k.mul(peep, cell)) : total;
    };
    const i = apply(0, sum(inGate, old));
    const f = form.coupled ? k.sub(1, i) : apply(0, sum(forget, old));
    const next = k.add(k.mul(f, old), k.mul(i, apply(1, k.add(input(candidate), recurrent(candidate)))));
    const h = activate(k, form.activations[2] as SettledActivation, next);
    return { h: k.mul(apply(0, sum(outGate, next)), h), c: next };
  },
  gru(k, form, inputs) {
    const { input, recurrent, h, candidateBias } = inputs;
    const apply = functionsOf(k, form);
    const z = apply(0, k.add(input(0), recurrent(0)));
    const bias = form.linearBeforeReset ? candidateBias() : undefined;
    const product = bias ? k.add(recurrent(2), bias) : recurrent(2);
    const state = form.linearBeforeReset ? k.mul(resetGate(k, form, inputs), product) : product;
    const candidate = apply(1, k.add(input(2), state));
    return { h: k.add(k.mul(k.sub(1, z), candidate), k.mul(z, h)) };
  },
};

/** The reset gate of a gru. */
export function resetGate(k: Builder, form: CellForm, { input, recurrent }: CellInputs): Node {
  return functionsOf(k, form)(0, k.add(input(1), recurrent(1)));
}
