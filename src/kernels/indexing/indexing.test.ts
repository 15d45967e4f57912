import { describe, expect, test } from "vitest";
import { seed } from "../../../test/support/seed.ts";
import type { DType } from "../../tensor/dtype.ts";
import { randomTensor } from "../../tensor/random.ts";
import { expectSameBits } from "../testdata/expect-same-bits.ts";
import { exactMachines, machines } from "../testdata/machines.ts";
import type { Step } from "../testdata/run-step.ts";
import { runStep } from "../testdata/run-step.ts";
import { integers, randomBits, randomIntegers } from "../testdata/tensors.ts";

type Case = readonly [what: string, step: (dtype: DType, index: "i64" | "i32") => Step];

const gathered = (x: readonly number[], indices: readonly number[], axis: number): Case => [
  `gather [${x}] at [${indices}] along ${axis}`,
  (dtype, index) => {
    const limit = x.at(axis) as number;
    const operands = [randomBits(dtype, x), randomIntegers(index, indices, -limit, limit)];
    return { op: "gather", operands, attributes: { axis } };
  },
];

const elements = (x: readonly number[], indices: readonly number[], axis: number): Case => [
  `gatherElements [${x}] at [${indices}] along ${axis}`,
  (dtype, index) => {
    const limit = x.at(axis) as number;
    const operands = [randomBits(dtype, x), randomIntegers(index, indices, -limit, limit)];
    return { op: "gatherElements", operands, attributes: { axis } };
  },
];

const blocks = (x: readonly number[], indices: readonly number[], batchDims: number): Case => [
  `gatherNd [${x}] at [${indices}] within ${batchDims}`,
  (dtype, index) => {
    const least = Math.min(...x);
    const operands = [randomBits(dtype, x), randomIntegers(index, indices, -least, least)];
    return { op: "gatherNd", operands, attributes: { batchDims } };
  },
];

const scattered = (x: readonly number[], indices: readonly number[], axis: number): Case => [
  `scatterElements [${indices}] into [${x}] along ${axis}`,
  (dtype, index) => {
    const limit = x.at(axis) as number;
    const operands = [
      randomBits(dtype, x),
      randomIntegers(index, indices, -limit, limit),
      randomBits(dtype, indices, 1),
    ];
    return { op: "scatterElements", operands, attributes: { axis } };
  },
];

const placed = (x: readonly number[], indices: readonly number[]): Case => [
  `scatterNd [${indices}] into [${x}]`,
  (dtype, index) => {
    const limit = Math.min(...x);
    const updates = [...indices.slice(0, -1), ...x.slice(indices.at(-1))];
    const operands = [
      randomBits(dtype, x),
      randomIntegers(index, indices, -limit, limit),
      randomBits(dtype, updates, 1),
    ];
    return { op: "scatterNd", operands };
  },
];

const cases: readonly Case[] = [
  gathered([11, 7], [5], 0),
  gathered([11, 7], [2, 3], -1),
  gathered([3, 5, 19], [], 1),
  gathered([2, 3, 1], [1, 4, 2], 1),
  gathered([7], [13], 0),
  gathered([7, 2], [0], 0),
  elements([5, 7], [5, 7], 0),
  elements([5, 7, 3], [2, 4, 3], 1),
  elements([13], [29], 0),
  elements([3, 4], [3, 9], -1),
  elements([3, 4], [0, 4], 0),
  blocks([5, 7, 3], [4, 2], 0),
  blocks([5, 7, 3], [4, 3], 0),
  blocks([2, 7, 5], [2, 3, 1], 1),
  blocks([2, 3, 5, 4], [2, 3, 6, 2], 2),
  blocks([4, 17], [3, 1, 1], 0),
  scattered([5, 7], [3, 7], 0),
  scattered([5, 7, 3], [2, 9, 3], 1),
  scattered([13], [0], 0),
  placed([5, 7, 3], [4, 2]),
  placed([5, 7], [9, 1]),
  placed([3, 4], [2, 3, 2]),
  placed([6], [4, 1]),
];

const widths: readonly DType[] = ["f32", "u8", "f16", "i64", "c128"];

describe.each(exactMachines.map((machine) => [machine.name, machine] as const))(
  `indexing on %s (LANEWISE_SEED=${seed})`,
  (name, machine) => {
    const chosen = (i: number) => (name.startsWith("wasm") ? widths : [widths[i % widths.length] as DType]);

    test.each(cases.map(([what, stepOf], i) => [what, stepOf, chosen(i)] as const))("%s", (_what, stepOf, dtypes) => {
      for (const [i, dtype] of dtypes.entries()) {
        const step = stepOf(dtype, i % 2 === 0 ? "i64" : "i32");
        for (const constants of [[], [1]]) {
          const run = runStep({ ...step, constants }, machine);
          expectSameBits(run, dtype);
          expect(run.fault).toBe(false);
        }
      }
    });

    test.each([
      ["just above", integers(1, 2, 5, 0)],
      ["just below", integers(0, -6, 0, 0)],
      ["in the upper word", integers(0, 2 ** 33, 0, 0)],
      ["in the upper word, negative", integers(0, 0, 0, -(2 ** 33) - 1)],
    ])("an index that is out of range, %s, is a fault and reaches nothing", (_what, indices) => {
      const operands = [randomBits("f32", [5, 3]), indices];
      const results = [{ dtype: "f32" as const, shape: [4, 3] }];
      const run = runStep({ op: "gather", operands, attributes: { axis: 0 }, results }, machine);
      expect(run.fault).toBe(true);
      const updates = randomBits("f32", [4, 3]);
      const scatter = { op: "scatterElements", operands: [operands[0], { ...indices, shape: [4, 1] }, updates] };
      const into = { ...scatter, attributes: { axis: 0 }, results: [{ dtype: "f32" as const, shape: [5, 3] }] };
      expect(
        runStep({ ...into, operands: [...into.operands.slice(0, 2), randomBits("f32", [4, 1])] }, machine).fault,
      ).toBe(true);
    });
  },
);

describe("known indices", () => {
  const machine = machines.find(({ name }) => name.startsWith("wasm"))!;

  test("out of range are left to eval, which names them", () => {
    const operands = [randomBits("f32", [5, 3]), integers(5)];
    const results = [{ dtype: "f32" as const, shape: [1, 3] }];
    const step: Step = { op: "gather", operands, attributes: { axis: 0 }, constants: [1], results };
    expect(() => runStep(step, machine)).toThrow("index 5 is out of range");
  });

  test("large gathers are cut into items", () => {
    for (const [shape, count] of [
      [[9, 20_000], 3],
      [[5, 3], 30_001],
    ] as const) {
      const operands = [randomBits("f32", shape), randomIntegers("i64", [count], 0, shape[0])];
      expectSameBits(runStep({ op: "gather", operands, attributes: { axis: 0 } }, machine));
    }
  });
});

describe.each(machines.map((machine) => [machine.name, machine] as const))(
  "updates that are combined on %s",
  (_name, machine) => {
    const x = randomTensor("f32", [5, 7, 3], 1);
    const all: readonly Step[] = [
      {
        op: "scatterElements",
        operands: [x, randomIntegers("i64", [2, 9, 3], -7, 7), randomTensor("f32", [2, 9, 3], 2)],
        attributes: { axis: 1 },
      },
      { op: "scatterNd", operands: [x, randomIntegers("i32", [40, 1], -5, 5), randomTensor("f32", [40, 7, 3], 3)] },
      { op: "scatterNd", operands: [x, randomIntegers("i64", [30, 3], -3, 3), randomTensor("f32", [30], 4)] },
    ];
    test.each(["add", "mul", "min", "max"])("by %s", (reduction) => {
      for (const step of all) {
        const run = runStep({ ...step, attributes: { ...step.attributes, reduction } }, machine);
        expect(run.fault).toBe(false);
        const [actual, expected] = [run.actual[0]?.data, run.expected[0]?.data] as [Float32Array, Float32Array];
        // Rounded at each of at most 40 updates, where eval rounds once.
        for (const [i, value] of expected.entries())
          expect(Math.abs((actual[i] as number) - value)).toBeLessThanOrEqual(40 * 2 ** -24 * 40);
      }
    });
  },
);
