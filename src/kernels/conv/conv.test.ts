import { describe, expect, test } from "vitest";
import { seed } from "../../../test/support/seed.ts";
import type { Activation } from "../../ops/activation.ts";
import { activations } from "../../ops/activation.ts";
import type { DType } from "../../tensor/dtype.ts";
import { fromNumbers } from "../../tensor/numbers.ts";
import { createRandom } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { elementCount } from "../../tensor/tensor.ts";
import type { ExpressionNode } from "../elementwise/expression.ts";
import type { Step } from "../testdata/run-step.ts";
import type { CheckOptions } from "./testdata/check-step.ts";
import { checkStep } from "./testdata/check-step.ts";

const random = createRandom(`${seed} convolutions`);
const make = (shape: readonly number[], dtype: DType = "f32"): Tensor =>
  fromNumbers(
    dtype,
    shape,
    Float64Array.from({ length: elementCount(shape) }, () => random.uniform()),
  );
const pick = <T>(list: readonly T[]): T => list[random.int(0, list.length)] as T;

interface Case {
  readonly x: readonly number[];
  readonly w: readonly number[];
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly dtype?: DType;
}

const depthOf = ({ w }: Case): number => elementCount(w.slice(1)) + 1;

const stepOf = ({ x, w, attributes = {}, dtype }: Case, constants: readonly number[] = [1]): Step => ({
  op: "conv",
  operands: [make(x, dtype), make(w, dtype), make([w[0] as number], dtype)],
  attributes,
  constants,
});

/** Runs a convolution by the schedule that is chosen and by the general one: the bits must be the same. Gives the name of the chosen one. */
function checkConv(step: Step, options: CheckOptions): string {
  const chosen = checkStep(step, options);
  if (chosen.schedule !== "gather-conv") {
    const general = checkStep(step, { ...options, on: "wasm", schedule: "gather-conv" });
    expect(general.hashes).toEqual(chosen.hashes);
  }
  return chosen.schedule;
}

describe(`convolutions, seed ${seed}`, () => {
  const named: readonly (readonly [string, string, Case])[] = [
    ["pointwise", "gather-conv", { x: [1, 5, 4, 7], w: [8, 5, 1, 1] }],
    ["3x3", "gather-conv", { x: [2, 3, 4, 7], w: [5, 3, 3, 3], attributes: { pads: [1, 1, 1, 1] } }],
    [
      "uneven pads, stride 2",
      "gather-conv",
      { x: [1, 2, 7, 9], w: [7, 2, 3, 3], attributes: { pads: [1, 0, 2, 1], strides: [2, 2] } },
    ],
    [
      "stride 3, dilated",
      "gather-conv",
      { x: [1, 2, 9, 17], w: [3, 2, 3, 2], attributes: { strides: [3, 3], dilations: [2, 3], pads: [2, 2, 2, 2] } },
    ],
    ["groups", "gather-conv", { x: [1, 6, 4, 5], w: [9, 2, 3, 3], attributes: { group: 3, autoPad: "sameUpper" } }],
    [
      "depthwise",
      "depthwise-conv",
      { x: [1, 3, 5, 21], w: [3, 1, 3, 3], attributes: { group: 3, pads: [1, 1, 1, 1] } },
    ],
    [
      "depthwise, narrow",
      "depthwise-conv",
      { x: [1, 2, 7, 6], w: [2, 1, 5, 5], attributes: { group: 2, pads: [2, 2, 2, 2] } },
    ],
    [
      "depthwise, stride 2",
      "depthwise-conv",
      { x: [1, 2, 6, 21], w: [2, 1, 3, 3], attributes: { group: 2, pads: [1, 1, 1, 1], strides: [2, 2] } },
    ],
    [
      "depthwise, twice the outputs, stride 3",
      "depthwise-conv",
      {
        x: [2, 2, 5, 9],
        w: [4, 1, 2, 3],
        attributes: { group: 2, strides: [2, 3], dilations: [1, 2], pads: [0, 2, 1, 3] },
      },
    ],
    ["a pixel", "thin-conv", { x: [2, 9, 1, 1], w: [70, 9, 1, 1] }],
    ["a pixel amid padding", "thin-conv", { x: [2, 4, 1], w: [5, 4, 3], attributes: { pads: [1, 1] } }],
    ["a few pixels", "thin-conv", { x: [1, 4, 1, 4], w: [66, 2, 1, 3], attributes: { pads: [0, 1, 0, 1], group: 2 } }],
    ["a small plane", "thin-conv", { x: [1, 3, 2, 2], w: [70, 3, 3, 3], attributes: { pads: [1, 1, 1, 1] } }],
    [
      "a small plane, stride 2",
      "thin-conv",
      { x: [1, 3, 4, 3], w: [9, 3, 3, 3], attributes: { pads: [1, 1, 1, 1], strides: [2, 2] } },
    ],
    [
      "3-D",
      "gather-conv",
      { x: [1, 2, 3, 4, 5], w: [3, 2, 2, 3, 3], attributes: { pads: [1, 1, 1, 0, 1, 1], strides: [1, 2, 2] } },
    ],
    [
      "3-D, depthwise",
      "depthwise-conv",
      { x: [1, 2, 3, 4, 5], w: [2, 1, 2, 3, 3], attributes: { group: 2, pads: [1, 1, 1, 0, 1, 1] } },
    ],
    ["no pixels", "gather-conv", { x: [0, 2, 3, 3], w: [7, 2, 2, 2] }],
  ];
  test.each(named)("%s, on all machines", (_, schedule, each) => {
    expect(checkConv(stepOf(each), { depth: depthOf(each), on: "all" })).toBe(schedule);
  });

  test("many shapes", () => {
    for (let i = 0; i < 30; i++) {
      const each = randomCase();
      const step = stepOf(each, pick([[1], [1, 2], []]));
      const { op, attributes, constants } = step;
      const operands = pick([step.operands, step.operands.slice(0, 2)]);
      checkConv(
        { op, operands, attributes: attributes ?? {}, constants: constants ?? [] },
        { depth: depthOf(each), misalign: 4 },
      );
    }
  });

  test.each(Object.keys(activations) as Activation[])("then %s", (activation) => {
    for (const each of finished) {
      const attributes = { ...each.attributes, activation };
      checkConv(stepOf({ ...each, attributes }), { depth: depthOf(each) });
    }
  });

  test.each(["f16", "bf16"] as const)("%s", (dtype) => {
    for (const each of finished) checkConv(stepOf({ ...each, dtype }), { depth: depthOf(each) });
  });

  test("what follows: operands of the result's shape, one a channel, one for all", () => {
    const node = (op: string, inputs: readonly number[]): ExpressionNode => ({
      op,
      attributes: {},
      inputs,
      dtype: "f32",
    });
    const expression = {
      operands: 4,
      nodes: [node("mul", [0, 1]), node("add", [4, 2]), node("add", [3, 5]), node("relu", [6])],
    };
    for (const each of finished) {
      for (const activation of [undefined, "gelu"]) {
        const step = stepOf({ ...each, attributes: { ...each.attributes, activation } });
        const [batch, outputs] = [each.x[0] as number, each.w[0] as number];
        const operands = [make([]), make([outputs, 1, 1]), make([batch, outputs, ...each.x.slice(2)])];
        checkConv({ ...step, epilogue: { expression, operands } }, { depth: depthOf(each) });
      }
    }
  });

  test("NaN and infinities of x go where their windows go", () => {
    const x = make([1, 2, 6, 6]);
    (x.data as Float32Array).set([Number.NaN, Number.POSITIVE_INFINITY, 1e-42], 14);
    const step = { op: "conv", operands: [x, make([7, 2, 3, 3])], attributes: { pads: [1, 1, 1, 1] }, constants: [1] };
    checkConv(step, { depth: 18 });
    checkConv(
      { ...step, operands: [x, make([2, 1, 3, 3])], attributes: { pads: [1, 1, 1, 1], group: 2 } },
      { depth: 9 },
    );
  });
});

/** Shapes whose results have the spatial axes of x, one for each schedule. */
const finished: readonly Case[] = [
  { x: [2, 4, 5, 5], w: [7, 4, 3, 3], attributes: { pads: [1, 1, 1, 1] } },
  { x: [1, 3, 4, 9], w: [3, 1, 3, 3], attributes: { pads: [1, 1, 1, 1], group: 3 } },
  { x: [2, 5, 1, 1], w: [70, 5, 1, 1] },
  { x: [1, 3, 2, 2], w: [9, 3, 3, 3], attributes: { pads: [1, 1, 1, 1] } },
];

function randomCase(): Case {
  const rank = pick([1, 2, 2, 2, 3]);
  const each = <T>(make: () => T): T[] => Array.from({ length: rank }, make);
  const [group, channels, outputs] = [pick([1, 1, 2, 3]), pick([1, 3, 5, 16]), pick([1, 4, 7, 18])];
  const window = each(() => pick([1, 2, 3, 3, 5]));
  const dilations = each(() => pick([1, 1, 2]));
  const pads = [...each(() => random.int(0, 3)), ...each(() => random.int(0, 3))];
  const sizes = window.map(
    (size, axis) => (size - 1) * (dilations[axis] as number) + 1 + random.int(0, rank === 3 ? 4 : 17),
  );
  return {
    x: [pick([1, 1, 3]), group * channels, ...sizes],
    w: [group * outputs, channels, ...window],
    attributes: { group, strides: each(() => pick([1, 1, 2, 3])), dilations, pads },
  };
}
