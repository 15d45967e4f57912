import { describe, expect, test } from "vitest";
import { seed } from "../../../test/support/seed.ts";
import type { DType } from "../../tensor/dtype.ts";
import { fromNumbers } from "../../tensor/numbers.ts";
import { createRandom } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { elementCount } from "../../tensor/tensor.ts";
import { machinesInTurn } from "../testdata/machines-in-turn.ts";
import type { Step } from "../testdata/run-step.ts";
import { runStep } from "../testdata/run-step.ts";

const random = createRandom(seed);
const make = (dtype: "u8" | "i8", shape: readonly number[]): Tensor => {
  const low = dtype === "u8" ? 0 : -128;
  return fromNumbers(
    dtype,
    shape,
    Array.from({ length: elementCount(shape) }, () => random.int(low, low + 256)),
  );
};

/** Machines give exactly what `eval` does, with b known before the run and not. */
function expectExact(step: Step): void {
  for (const machine of [...machinesInTurn(false), ...machinesInTurn(true)]) {
    for (const constants of [[], [1, 3]]) {
      const { actual, expected } = runStep({ ...step, constants }, machine, { misalign: 4 });
      expect(actual, machine.name).toEqual(expected);
    }
  }
}

describe(`matmul-integer, seed ${seed}`, () => {
  test.each([
    { a: [1, 1], b: [1, 1], dtypes: ["u8", "i8"] },
    { a: [7, 6], b: [6, 9], dtypes: ["i8", "i8"] },
    { a: [13, 5], b: [5, 18], dtypes: ["u8", "u8"], zeros: [[1], [1]] },
    { a: [4, 9], b: [9, 8], dtypes: ["u8", "i8"], zeros: [[4], [8]] },
    { a: [2, 3, 4], b: [4, 5], dtypes: ["u8", "i8"], zeros: [[], [5]] },
    {
      a: [2, 3, 4],
      b: [2, 4, 5],
      dtypes: ["i8", "u8"],
      zeros: [
        [2, 3, 1],
        [2, 1, 5],
      ],
    },
    { a: [2, 0], b: [0, 3], dtypes: ["u8", "i8"] },
    { a: [5], b: [5, 3], dtypes: ["u8", "i8"] },
  ] as const)("$a by $b, $dtypes, zero points $zeros", ({ a, b, dtypes, ...more }) => {
    const [first, second] = "zeros" in more ? more.zeros : [undefined, undefined];
    const zeros = [first && make(dtypes[0], first), second && make(dtypes[1], second)];
    expectExact({ op: "matmulInteger", operands: [make(dtypes[0], a), make(dtypes[1], b), ...zeros] });
  });

  test("what follows: the product as f32, scaled by one factor and one for each column", () => {
    const nodes = [
      { op: "cast", attributes: { to: "f32" }, inputs: [0], dtype: "f32" as DType },
      { op: "mul", attributes: {}, inputs: [3, 1], dtype: "f32" as DType },
      { op: "mul", attributes: {}, inputs: [4, 2], dtype: "f32" as DType },
    ];
    const scales = [
      fromNumbers("f32", [], [0.25]),
      fromNumbers(
        "f32",
        [9],
        Array.from({ length: 9 }, (_, i) => i / 8),
      ),
    ];
    const operands = [make("u8", [8, 7]), make("i8", [7, 9]), make("u8", []), make("i8", [9])];
    const epilogue = { expression: { operands: 3, nodes }, operands: scales };
    expectExact({ op: "matmulInteger", operands, epilogue });
  });
});
