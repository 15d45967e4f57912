import { describe, expect, test } from "vitest";
import { seed } from "../../../test/support/seed.ts";
import { activationNames } from "../../ops/recurrent-activations.ts";
import { fromNumbers, numbers } from "../../tensor/numbers.ts";
import { createRandom } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { elementCount } from "../../tensor/tensor.ts";
import { hash } from "../testdata/hash.ts";
import type { Machine } from "../testdata/machines.ts";
import { machinesOf } from "../testdata/machines.ts";
import { machinesInTurn } from "../testdata/machines-in-turn.ts";
import { runStep } from "../testdata/run-step.ts";

const random = createRandom(seed);
const make = (...shape: readonly number[]): Tensor =>
  fromNumbers(
    "f32",
    shape,
    Float64Array.from({ length: elementCount(shape) }, () => random.uniform() / 2),
  );

interface Layer {
  readonly op: "lstm" | "gru" | "rnn";
  readonly steps: number;
  readonly batch: number;
  readonly depth?: number;
  readonly hidden?: number;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly lengths?: readonly number[];
  readonly only?: "weights";
}

const forms = {
  lstm: { gates: 4, activations: ["sigmoid", "tanh", "tanh"] },
  gru: { gates: 3, activations: ["sigmoid", "tanh"] },
  rnn: { gates: 1, activations: ["tanh"] },
} as const;

/** States are below 1 or so and sums have few terms, so errors of some ulp pass from step to step without growing much. */
function expectLayer({ op, steps, batch, depth = 3, hidden = 5, attributes = {}, lengths, only }: Layer): void {
  const { gates, activations } = forms[op];
  const directions = attributes["direction"] === "bidirectional" ? 2 : 1;
  const names = Array.from({ length: directions }, () => activations).flat();
  const weights = [
    make(steps, batch, depth),
    make(directions, gates * hidden, depth),
    make(directions, gates * hidden, hidden),
  ];
  const state = make(directions, batch, hidden);
  const more = [
    make(directions, 2 * gates * hidden),
    lengths && fromNumbers("i32", [batch], lengths),
    state,
    ...(op === "lstm" ? [make(directions, batch, hidden), make(directions, 3 * hidden)] : []),
  ];
  const operands = only ? weights : [...weights, ...more];
  const step = {
    op,
    operands,
    attributes: { direction: "forward", activations: names, ...attributes },
    constants: [1, 2, 3],
  };
  for (const fused of [false, true]) {
    const hashes = machinesInTurn(fused).map((machine) => {
      const { actual, expected, fault } = runStep(step, machine, { misalign: 4 });
      expect(fault).toBe(false);
      expected.forEach((tensor, at) => {
        const [a, e] = [numbers(actual[at]!), numbers(tensor)];
        const wrong = e.findIndex((value, i) => !(Math.abs(a[i]! - value) <= 4e-6 * (1 + Math.abs(value))));
        if (wrong >= 0)
          expect.fail(`${machine.name}: result ${at}, element ${wrong} is ${a[wrong]}, expected ${e[wrong]}`);
      });
      return actual.map((tensor) => hash(tensor.data as Float32Array)).join();
    });
    expect(new Set(hashes).size).toBe(1);
  }
}

describe(`recurrent layers, seed ${seed}`, () => {
  test.each<Layer>([
    { op: "lstm", steps: 3, batch: 1 },
    { op: "lstm", steps: 2, batch: 8, hidden: 9, only: "weights" },
    { op: "lstm", steps: 3, batch: 2, attributes: { direction: "bidirectional", clip: 0.3 } },
    { op: "lstm", steps: 3, batch: 3, attributes: { direction: "reverse", coupled: true }, lengths: [3, 0, 2] },
    { op: "gru", steps: 3, batch: 2, hidden: 8 },
    { op: "gru", steps: 3, batch: 7, attributes: { linearBeforeReset: true }, only: "weights" },
    {
      op: "gru",
      steps: 2,
      batch: 1,
      attributes: { direction: "bidirectional", linearBeforeReset: true },
      lengths: [1],
    },
    { op: "rnn", steps: 4, batch: 1, depth: 1, hidden: 1 },
    { op: "rnn", steps: 2, batch: 2, attributes: { direction: "bidirectional" } },
    { op: "rnn", steps: 0, batch: 2 },
  ])("%j", (layer) => expectLayer(layer));

  test.each(activationNames)("activation %s", (name) => {
    const attributes = { activations: [name], alphas: [0.75], betas: [0.5] };
    expectLayer({ op: "rnn", steps: 2, batch: 1, hidden: 4, attributes });
  });

  test("a length beyond the steps is a fault", () => {
    const results = [
      [2, 1, 2, 3],
      [1, 2, 3],
    ].map((shape) => ({ dtype: "f32" as const, shape }));
    const attributes = { direction: "forward", activations: ["tanh"] };
    for (const length of [-1, 3]) {
      const lengths = fromNumbers("i32", [2], [2, length]);
      const operands = [make(2, 2, 4), make(1, 3, 4), make(1, 3, 3), undefined, lengths];
      const step = { op: "rnn", operands, attributes, constants: [1, 2], results };
      for (const machine of machinesInTurn(true)) expect(runStep(step, machine).fault).toBe(true);
    }
  });

  test("what has no kernel is said in words", () => {
    const [machine] = machinesOf(false) as [Machine];
    const operands = [make(1, 1, 2), make(1, 3, 2), make(1, 3, 3)];
    const attributes = { direction: "forward", activations: ["tanh"] };
    const run = (more: object): unknown =>
      runStep({ op: "rnn", operands, attributes, constants: [1, 2], ...more }, machine);
    expect(() => run({ constants: [1] })).toThrow("weights and biases must be constant");
    expect(() => run({ attributes: { ...attributes, quantizesState: true } })).toThrow(
      "a quantized state has no kernels",
    );
  });
});
