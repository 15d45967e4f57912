import { describe, expect, test } from "vitest";
import type { DType } from "../../tensor/dtype.ts";
import { fromNumbers, numbers } from "../../tensor/numbers.ts";
import { createRandom } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { machines } from "../testdata/machines.ts";
import type { Step } from "../testdata/run-step.ts";
import { runStep } from "../testdata/run-step.ts";

const epsilon: Partial<Record<DType, number>> = { f32: 2 ** -23, f16: 2 ** -10, bf16: 2 ** -7 };

const random = createRandom("norm schedules");
const make = (dtype: DType, shape: readonly number[]): Tensor =>
  fromNumbers(
    dtype,
    shape,
    Float64Array.from({ length: shape.reduce((p, d) => p * d, 1) }, () => random.uniform() * 3),
  );

/** Within a few units in the last place of the largest element. */
function expectClose({ actual, expected }: ReturnType<typeof runStep>): void {
  expected.forEach((tensor, t) => {
    const [a, e] = [numbers(actual[t] as Tensor), numbers(tensor)];
    expect(actual[t]?.dtype).toBe(tensor.dtype);
    for (let i = 0; i < e.length; i++) {
      const bound = 16 * (epsilon[tensor.dtype] as number) * Math.max(1, Math.abs(e[i]!));
      if (!(Number.isNaN(e[i]) && Number.isNaN(a[i]))) expect(Math.abs(a[i]! - e[i]!)).toBeLessThanOrEqual(bound);
    }
  });
}

const attributes = { axis: -1, epsilon: 1e-5 };
const steps: readonly (readonly [string, Step])[] = [
  ...(["f32", "f16", "bf16"] as const).flatMap((dtype) => [
    [
      `rmsNorm of ${dtype}`,
      { op: "rmsNorm", operands: [make(dtype, [3, 37]), make(dtype, [37])], attributes },
    ] as const,
    [
      `rmsNorm of ${dtype} without scale`,
      { op: "rmsNorm", operands: [make(dtype, [2, 3, 16]), undefined], attributes: { ...attributes, axis: 1 } },
    ] as const,
    [
      `addRmsNorm of ${dtype}`,
      { op: "addRmsNorm", operands: [make(dtype, [3, 70]), make(dtype, [3, 70]), make(dtype, [70])], attributes },
    ] as const,
    [
      `layerNorm of ${dtype}`,
      { op: "layerNorm", operands: [make(dtype, [3, 65]), make(dtype, [65]), make(dtype, [1, 65])], attributes },
    ] as const,
    [
      `layerNorm of ${dtype} without scale`,
      { op: "layerNorm", operands: [make(dtype, [2, 130]), undefined, undefined], attributes },
    ] as const,
    ...([-1, 0, 1] as const).map(
      (axis) =>
        [
          `softmax of ${dtype} along ${axis}`,
          { op: "softmax", operands: [make(dtype, [3, 5, 19])], attributes: { axis } },
        ] as const,
    ),
    [
      `logSoftmax of ${dtype}`,
      { op: "logSoftmax", operands: [make(dtype, [4, 33])], attributes: { axis: 1 } },
    ] as const,
    [
      `logSoftmax of ${dtype} along 0`,
      { op: "logSoftmax", operands: [make(dtype, [4, 33])], attributes: { axis: 0 } },
    ] as const,
    ...(["reduceMean", "reduceMax", "reduceMin", "reduceSum", "reduceProd"] as const).flatMap((op) =>
      [undefined, [0], [-1], [1], [0, 2], [1, 2], [0, 1], [0, 2, 3], [1, 3], []].map(
        (axes) =>
          [
            `${op} of ${dtype} over ${JSON.stringify(axes)}`,
            { op, operands: [make(dtype, [2, 3, 1, 7])], attributes: axes ? { axes } : {} },
          ] as const,
      ),
    ),
  ]),
  [
    "rmsNorm from f16 to f32",
    { op: "rmsNorm", operands: [make("f16", [3, 37]), make("f32", [37])], attributes: { ...attributes, to: "f32" } },
  ],
];

describe.each(
  machines
    .filter(({ name }) => /leaf form, fused x8|wasm/.test(name))
    .map((machine) => [machine.name, machine] as const),
)("on %s", (_, machine) => {
  test.each(steps)("%s", (_name, step) => {
    for (const inPlace of [false, true]) expectClose(runStep(step, machine, { inPlace, misalign: 4 }));
  });
});
