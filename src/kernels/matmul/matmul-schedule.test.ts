import { describe, expect, test } from "vitest";
import { seed } from "../../../test/support/seed.ts";
import type { DType } from "../../tensor/dtype.ts";
import { fromNumbers, numbers } from "../../tensor/numbers.ts";
import { createRandom } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { elementCount } from "../../tensor/tensor.ts";
import { hash } from "../testdata/hash.ts";
import type { Machine } from "../testdata/machines.ts";
import { machinesOf } from "../testdata/machines.ts";
import { machinesInTurn } from "../testdata/machines-in-turn.ts";
import type { Step } from "../testdata/run-step.ts";
import { runStep } from "../testdata/run-step.ts";
import { matmul } from "./matmul.ts";

const random = createRandom(seed);
const make = (shape: readonly number[], dtype: DType = "f32"): Tensor =>
  fromNumbers(
    dtype,
    shape,
    Float64Array.from({ length: elementCount(shape) }, () => random.uniform()),
  );

/** Half a unit in the last place of a dtype, relative. */
const roundings: Partial<Record<DType, number>> = { f32: 2 ** -24, f16: 2 ** -11, bf16: 2 ** -8 };

/** Operands are below 1, so a sum of `depth` products moves by no more than its roundings in f32; what follows adds a few of the result's own. */
function expectClose(actual: Tensor, expected: Tensor, depth: number): void {
  expect(actual.shape).toEqual(expected.shape);
  const [a, e] = [numbers(actual), numbers(expected)];
  const sums = 2 ** -24 * (depth + 8) * (depth + 1);
  for (let i = 0; i < e.length; i++) {
    const bound = sums + 6 * roundings[expected.dtype]! * (Math.abs(e[i]!) + depth);
    if (!(Math.abs(a[i]! - e[i]!) <= bound)) expect.fail(`element ${i} is ${a[i]}, expected ${e[i]} within ${bound}`);
  }
}

/** Runs a step on machines of both classes: near `eval`, and with the same bits within a class. */
function expectStep(step: Step, depth: number): void {
  for (const fused of [false, true]) {
    const hashes = machinesInTurn(fused).map((machine) => {
      const { actual, expected } = runStep(step, machine, { misalign: 4, inPlace: true });
      expectClose(actual[0]!, expected[0]!, depth);
      return hash(Float32Array.from(numbers(actual[0]!)));
    });
    expect(new Set(hashes).size).toBe(1);
  }
}

describe(`matmul, seed ${seed}`, () => {
  test.each([
    [
      [1, 1],
      [1, 1],
    ],
    [
      [5, 7],
      [7, 9],
    ],
    [
      [6, 3],
      [3, 8],
    ],
    [
      [7, 1],
      [1, 17],
    ],
    [
      [13, 19],
      [19, 31],
    ],
    [
      [12, 5],
      [5, 64],
    ],
    [
      [2, 0],
      [0, 3],
    ],
    [
      [0, 3],
      [3, 4],
    ],
    [
      [3, 4],
      [4, 0],
    ],
    [
      [4, 6],
      [6, 3],
    ],
    [
      [25, 10],
      [10, 23],
    ],
    [
      [30, 3],
      [3, 130],
    ],
    [[5], [5, 11]],
    [[3, 5], [5]],
    [[5], [5]],
    [
      [2, 5],
      [3, 5, 2],
    ],
    [
      [2, 3, 4],
      [4, 5],
    ],
    [
      [2, 3, 4],
      [2, 4, 5],
    ],
    [
      [2, 1, 3, 4],
      [3, 4, 9],
    ],
    [
      [1, 3, 4],
      [5, 1, 4, 2],
    ],
    [
      [2, 3, 1, 4],
      [2, 3, 4, 5],
    ],
    [[4], [3, 4, 5]],
    [[3, 2, 4], [4]],
    [
      [1, 1, 4, 3],
      [3, 3],
    ],
  ])("%j by %j", (a, b) => {
    const step = { op: "matmul", operands: [make(a), make(b)] };
    expectStep(step, a.at(-1)!);
    expectStep({ ...step, constants: [1] }, a.at(-1)!);
  });
});

describe(`linear, seed ${seed}`, () => {
  test.each(["relu", "silu", "tanh"] as const)("bias and %s", (activation) => {
    const operands = [make([9, 11]), make([11, 21]), make([21])];
    expectStep({ op: "linear", operands, attributes: { activation }, constants: [1, 2] }, 11);
  });

  test("a bias and what follows: a tensor of the same shape, whose memory the result takes, a column, a row and a scalar", () => {
    const shapes = [[2, 7, 10], [7, 1], [1, 10], []];
    const names = ["add", "mul", "sub", "max"];
    const nodes = names.map((op, i) => ({
      op,
      attributes: {},
      inputs: [i === 0 ? 0 : 4 + i, i + 1],
      dtype: "f32" as const,
    }));
    const epilogue = { expression: { operands: 5, nodes }, operands: shapes.map((shape) => make(shape)) };
    expectStep({ op: "linear", operands: [make([2, 7, 5]), make([5, 10]), make([10])], constants: [1], epilogue }, 5);
    expectStep({ op: "matmul", operands: [make([2, 7, 5]), make([2, 5, 10])], epilogue }, 5);
  });

  test.each(["f16", "bf16"] as const)("%s is summed in f32 and rounded once", (dtype) => {
    const operands = [make([8, 13], dtype), make([13, 18], dtype), make([18], dtype)];
    expectStep({ op: "linear", operands, constants: [1, 2] }, 13);
    expectStep({ op: "linear", operands }, 13);
    expectStep({ op: "matmul", operands: [make([7, 3], dtype), make([3, 99], dtype)], constants: [1] }, 3);
  });

  test("what has no kernel is said in words", () => {
    const [machine] = machinesOf(false) as [Machine];
    const run = (dtype: DType): unknown =>
      runStep({ op: "matmul", operands: [make([2, 2], dtype), make([2, 2], dtype)] }, machine);
    expect(() => run("f64")).toThrow("f64 has no matmul kernels");
    expect(() => run("i32")).toThrow("i32 has no matmul kernels");
  });
});

test(`a row alone has the bits that it has among others, seed ${seed}`, () => {
  const [depth, n] = [37, 27];
  const [a, b] = [make([29, depth]), make([depth, n])];
  for (const machine of machinesOf(true).filter(({ name }) => name.startsWith("wasm"))) {
    for (const constants of [[], [1]]) {
      const rowsOf = (m: number, first: number): Float32Array => {
        const data = (a.data as Float32Array).slice(first * depth, (first + m) * depth);
        const operands: Tensor[] = [{ dtype: "f32", shape: [m, depth], data }, b];
        return runStep({ op: "matmul", operands, constants }, machine).actual[0]?.data as Float32Array;
      };
      const all = rowsOf(29, 0);
      for (let m = 1; m <= 7; m++) expect(rowsOf(m, 29 - m)).toEqual(all.slice((29 - m) * n));
    }
  }
});

test("infinities and NaN reach their row and column alone", () => {
  const a = make([7, 3]);
  const b = make([3, 9]);
  (a.data as Float32Array)[4] = Number.NaN;
  (b.data as Float32Array)[8] = Number.POSITIVE_INFINITY;
  for (const machine of machinesOf(true)) {
    const { actual, expected } = runStep({ op: "matmul", operands: [a, b] }, machine);
    const kind = (x: number): string => (Number.isFinite(x) ? "finite" : String(x));
    expect(Array.from(numbers(actual[0]!), kind)).toEqual(Array.from(numbers(expected[0]!), kind));
  }
});

test("a tile that would spill is an error with the count", () => {
  const [{ target }] = machinesOf(false) as [Machine];
  const options = {
    mr: 8,
    nv: 2,
    span: 1,
    rank: 0,
    storage: "f32",
    packsColumns: true,
    packsRows: false,
    steps: 1,
    result: "f32",
    others: [],
  } as const;
  expect(() => matmul.build(options, target)).toThrow(
    "A 8x2 tile needs 19 vector registers (16 accumulators, 2 for a row of B, 1 temporary)",
  );
});
