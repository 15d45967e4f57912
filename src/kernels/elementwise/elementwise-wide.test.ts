import { describe, expect, test } from "vitest";
import { seed } from "../../../test/support/seed.ts";
import type { DType } from "../../tensor/dtype.ts";
import { fromBigints, numbers } from "../../tensor/numbers.ts";
import { createRandom } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { elementCount } from "../../tensor/tensor.ts";
import { expectSameBits } from "../testdata/expect-same-bits.ts";
import { exactMachines, machines } from "../testdata/machines.ts";
import type { Step } from "../testdata/run-step.ts";
import { runStep } from "../testdata/run-step.ts";
import { randomIntegers, randomNumbers } from "../testdata/tensors.ts";

const edges = [
  0n,
  1n,
  -1n,
  2n ** 31n - 1n,
  -(2n ** 31n),
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 32n,
  2n ** 63n - 1n,
  -(2n ** 63n),
];

/** Of all magnitudes, with the edges among them. */
function wide(shape: readonly number[], salt = 0): Tensor {
  const random = createRandom(`${seed} ${salt}`);
  const values = BigInt64Array.from({ length: elementCount(shape) }, (_, i) => {
    const bits = (BigInt(random.u32()) << 32n) | BigInt(random.u32());
    return edges[(i * 7 + salt) % (3 * edges.length)] ?? BigInt.asIntN(64, bits) >> BigInt(random.int(0, 64));
  });
  return fromBigints("i64", shape, values);
}

const binary = ["add", "sub", "mul", "min", "max", "less", "lessEqual", "greater", "greaterEqual", "equal"] as const;
const bitwise = ["bitAnd", "bitOr", "bitXor"] as const;
const unary = ["abs", "neg", "sign", "bitNot"] as const;

const scalar = (value: bigint): Tensor => fromBigints("i64", [], BigInt64Array.of(value));

const steps: readonly (readonly [string, Step])[] = [
  ...[...binary, ...bitwise].map((op): [string, Step] => [op, { op, operands: [wide([7, 11]), wide([7, 11], 3)] }]),
  ...unary.map((op): [string, Step] => [op, { op, operands: [wide([67])] }]),
  ["columns and rows", { op: "add", operands: [wide([5, 1]), wide([1, 9], 1)] }],
  ["outer dimensions", { op: "sub", operands: [wide([2, 3, 1, 5]), wide([3, 4, 1], 1)] }],
  ["one element", { op: "mul", operands: [wide([33]), scalar(-(2n ** 40n) - 3n)] }],
  ["nothing", { op: "add", operands: [wide([0, 3]), wide([3])] }],
  ["where", { op: "where", operands: [randomIntegers("bool", [5, 7], 0, 2), wide([7]), wide([5, 1], 2)] }],
  ["clip", { op: "clip", operands: [wide([41]), scalar(-5n), scalar(2n ** 33n)] }],
  ...(["i32", "i16", "u8", "bool"] as const).map((to): [string, Step] => [
    `cast to ${to}`,
    { op: "cast", operands: [wide([45])], attributes: { to } },
  ]),
  ...(["f32", "f16", "i32", "i8", "u16", "bool"] as DType[]).map((from): [string, Step] => [
    `cast from ${from}`,
    {
      op: "cast",
      operands: [from.startsWith("f") ? randomNumbers(from, [45]) : randomIntegers(from, [45], 0, 200)],
      attributes: { to: "i64" },
    },
  ]),
];

describe.each(exactMachines.map((machine) => [machine.name, machine] as const))(
  `i64 on %s (LANEWISE_SEED=${seed})`,
  (_, machine) => {
    test.each(steps)("%s", (_what, step) => {
      expectSameBits(runStep(step, machine, { misalign: 8 }));
    });

    test("in place, over several blocks", () => {
      const step = { op: "add", operands: [wide([2, 1100]), wide([1100], 1)] };
      expectSameBits(runStep(step, machine, { inPlace: true }));
    });
  },
);

describe("i64 and f32", () => {
  const chosen = machines.filter(({ name }) => /x8|wasm|x64/.test(name));

  test.each(chosen.map((machine) => [machine.name, machine] as const))("to f32, within an ulp, on %s", (_, machine) => {
    const { actual, expected } = runStep({ op: "cast", operands: [wide([500])], attributes: { to: "f32" } }, machine);
    const [a, e] = [numbers(actual[0] as Tensor), numbers(expected[0] as Tensor)];
    e.forEach((value, i) => {
      const bound = Math.abs(value) < 2 ** 31 ? 0 : Math.abs(value) * 2 ** -23;
      expect(Math.abs((a[i] as number) - value)).toBeLessThanOrEqual(bound);
    });
  });

  test.each(chosen.map((machine) => [machine.name, machine] as const))("from f32, on %s", (_, machine) => {
    const random = createRandom(seed);
    const values = Float32Array.from({ length: 200 }, () => random.uniform() * 2 ** random.int(-4, 70));
    values.set([0, -0, Number.NaN, Infinity, -Infinity, 2 ** 63, -(2 ** 63), 2 ** 31, 2 ** 32 - 256, -(2 ** 32)]);
    const operands: readonly Tensor[] = [{ dtype: "f32", shape: [200], data: values }];
    expectSameBits(runStep({ op: "cast", operands, attributes: { to: "i64" } }, machine));
  });
});
