import { describe, expect, test } from "vitest";
import { seed } from "../../../test/support/seed.ts";
import type { DType } from "../../tensor/dtype.ts";
import { fromNumbers, numbers } from "../../tensor/numbers.ts";
import { createRandom } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { elementCount } from "../../tensor/tensor.ts";
import { expectSameBits } from "../testdata/expect-same-bits.ts";
import { exactMachines, machines } from "../testdata/machines.ts";
import type { Step } from "../testdata/run-step.ts";
import { runStep } from "../testdata/run-step.ts";
import { integers, randomBits, randomIntegers, randomNumbers } from "../testdata/tensors.ts";

/** Few different values, so that many are equal, with NaN, zeros of both signs and infinities among the floats. */
function alike(dtype: DType, shape: readonly number[], odd: readonly number[] = []): Tensor {
  const random = createRandom(`${seed} ${shape}`);
  const values = [1, 2, 3, -1, 0, 2, ...odd];
  return fromNumbers(
    dtype,
    shape,
    Float64Array.from({ length: elementCount(shape) }, () => values[random.int(0, values.length)]!),
  );
}

const odd = [-0, Infinity, -Infinity];
const scalar = (dtype: DType, value: number): Tensor => fromNumbers(dtype, [], Float64Array.of(value));

const searches: readonly (readonly [string, Step])[] = (["argMax", "argMin"] as const).flatMap((op) =>
  [false, true].flatMap((selectLastIndex) =>
    (
      [
        [alike("f32", [3, 100], odd), -1],
        [alike("f32", [4, 7], [...odd, Number.NaN]), 1],
        [alike("f16", [5, 67], odd), 1],
        [randomIntegers("u8", [2, 9], 0, 4), 1],
        [alike("f32", [2, 5, 7], [...odd, Number.NaN]), 1],
        [alike("f32", [300, 3]), 0],
        [alike("f32", [1]), 0],
        [alike("f32", [2, 3, 300], odd), 1],
      ] as const
    ).map(([x, axis]): readonly [string, Step] => [
      `${op} of ${x.dtype}[${x.shape}] along ${axis}, last ${selectLastIndex}`,
      { op, operands: [x], attributes: { axis, keepDims: true, selectLastIndex } },
    ]),
  ),
);

const tops: readonly (readonly [string, Step])[] = [true, false].flatMap((largest) =>
  (
    [
      [alike("f32", [3, 50], [...odd, Number.NaN]), -1, 7],
      [alike("f32", [2, 9, 5], odd), 1, 9],
      [randomNumbers("f16", [4, 33]), 1, 1],
      [randomIntegers("i8", [70], -5, 5), 0, 70],
      [alike("f32", [3, 4]), 0, 0],
      [randomNumbers("f32", [2, 700]), 1, 16],
      [randomNumbers("f16", [2, 1029]), -1, 40],
      [alike("f32", [2, 515], [...odd, Number.NaN]), 1, 3],
      [randomIntegers("u8", [300], 0, 256), 0, 2],
      [randomIntegers("u8", [2, 901], 0, 2), 1, 16],
    ] as const
  ).map(([x, axis, count]): readonly [string, Step] => [
    `top ${count} of ${x.dtype}[${x.shape}] along ${axis}, largest ${largest}`,
    { op: "topK", operands: [x, integers(count)], constants: [1], attributes: { axis, largest } },
  ]),
);

const others: readonly (readonly [string, Step])[] = [
  ["range of i64", { op: "range", operands: [scalar("i64", -5e9), scalar("i64", 5e9 + 7e8), scalar("i64", 2e8)] }],
  ["range of i32, down", { op: "range", operands: [scalar("i32", 10), scalar("i32", -27), scalar("i32", -3)] }],
  ["range of nothing", { op: "range", operands: [scalar("i64", 1), scalar("i64", 1), scalar("i64", 1)] }],
  ...(["f32", "u8", "i64", "f16"] as const).flatMap((dtype): [string, Step][] => [
    [
      `oneHot of ${dtype}`,
      {
        op: "oneHot",
        operands: [randomIntegers("i64", [3, 5], -9, 9), scalar("i64", 7), randomBits(dtype, [2])],
        attributes: { axis: -1 },
      },
    ],
    [
      `oneHot of ${dtype} inside`,
      {
        op: "oneHot",
        operands: [randomIntegers("i32", [3, 5], -9, 9), scalar("i64", 4), randomBits(dtype, [2])],
        attributes: { axis: 1 },
      },
    ],
  ]),
  ...[
    { exclusive: false, reverse: false },
    { exclusive: true, reverse: true },
  ].flatMap((attributes) =>
    (["cumSum", "cumProd"] as const).flatMap((op) =>
      (
        [
          [randomIntegers("i64", [3, 17], -2e9, 2e9), 1],
          [randomIntegers("i64", [5, 3], -2e9, 2e9), 0],
          [randomIntegers("i32", [4, 19], -2e9, 2e9), -1],
          [randomIntegers("i32", [5, 67], -2e9, 2e9), 0],
          [randomIntegers("u8", [9, 2], 0, 256), 0],
        ] as const
      ).map(([x, axis]): [string, Step] => [
        `${op} of ${x.dtype}[${x.shape}] along ${axis}, reverse ${attributes.reverse}`,
        { op, operands: [x, scalar("i64", axis)], constants: [1], attributes },
      ]),
    ),
  ),
  ...(["f32", "f16", "i64"] as const).map((dtype): [string, Step] => [
    `a cache of ${dtype}`,
    {
      op: "tensorScatter",
      operands: [randomBits(dtype, [2, 3, 9, 5]), randomBits(dtype, [2, 3, 2, 5], 1), integers(7, 3)],
      attributes: { axis: 2 },
    },
  ]),
  [
    "a cache with ends",
    {
      op: "tensorScatter",
      operands: [
        randomBits("f32", [3, 2, 9, 5]),
        randomBits("f32", [3, 2, 2, 5], 1),
        integers(7, 3, 0),
        integers(8, -1, 99),
      ],
      attributes: { axis: 2 },
    },
  ],
];

describe.each(exactMachines.map((machine) => [machine.name, machine] as const))(
  `searching on %s (LANEWISE_SEED=${seed})`,
  (_, machine) => {
    test.each([...searches, ...tops, ...others])("%s", (_what, step) => {
      expectSameBits(runStep(step, machine));
      if (step.op === "tensorScatter") expectSameBits(runStep(step, machine, { inPlace: true }));
    });

    test("a start beyond its cache is a fault", () => {
      for (const starts of [integers(8, 0), integers(0, -1)]) {
        const operands = [randomBits("f32", [2, 9, 5]), randomBits("f32", [2, 2, 5]), starts];
        const results = [{ dtype: "f32" as const, shape: [2, 9, 5] }];
        const step = { op: "tensorScatter", operands, attributes: { axis: 1 }, results };
        expect(runStep(step, machine).fault).toBe(true);
      }
    });
  },
);

describe.each(machines.map((machine) => [machine.name, machine] as const))(
  `running totals of floats on %s (LANEWISE_SEED=${seed})`,
  (_, machine) => {
    test.each([
      [[2, 301], 1],
      [[60, 11], 0],
    ] as const)("[%s] along %i", (shape, axis) => {
      const x = randomNumbers("f32", shape);
      const step = { op: "cumSum", operands: [x, scalar("i64", axis)], constants: [1] };
      const { actual, expected } = runStep(step, machine, { inPlace: true });
      const [a, e] = [numbers(actual[0] as Tensor), numbers(expected[0] as Tensor)];
      e.forEach((value, i) => {
        expect(Math.abs(a[i]! - value)).toBeLessThanOrEqual(Math.abs(value) * 2 ** -23);
      });
    });

    test("infinities and NaN stay", () => {
      const x = fromNumbers("f32", [6], Float64Array.of(1, Infinity, 2, -Infinity, 3, Number.NaN));
      const { actual, expected } = runStep({ op: "cumSum", operands: [x, scalar("i64", 0)], constants: [1] }, machine);
      expect(numbers(actual[0] as Tensor)).toEqual(numbers(expected[0] as Tensor));
    });

    test("range of f32", () => {
      const operands = [0.5, 20.1, 0.3].map((value) => scalar("f32", value));
      const { actual, expected } = runStep({ op: "range", operands }, machine);
      const [a, e] = [numbers(actual[0] as Tensor), numbers(expected[0] as Tensor)];
      e.forEach((value, i) => {
        expect(Math.abs(a[i]! - value)).toBeLessThanOrEqual(20 * 2 ** -23);
      });
    });
  },
);
