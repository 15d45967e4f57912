import { describe, test } from "vitest";
import { seed } from "../../../test/support/seed.ts";
import type { DType } from "../../tensor/dtype.ts";
import { expectSameBits } from "../testdata/expect-same-bits.ts";
import { exactMachines, machines } from "../testdata/machines.ts";
import type { Step } from "../testdata/run-step.ts";
import { runStep } from "../testdata/run-step.ts";
import { integers, randomBits } from "../testdata/tensors.ts";

const widths: readonly DType[] = ["u8", "f16", "f32", "i64", "c128"];

type Case = readonly [what: string, step: (dtype: DType) => Step];

const transposed = (shape: readonly number[], permutation: readonly number[]): Case => [
  `transpose [${shape}] by [${permutation}]`,
  (dtype) => ({ op: "transpose", operands: [randomBits(dtype, shape)], attributes: { permutation } }),
];

const sliced = (shape: readonly number[], ...bounds: readonly (readonly number[])[]): Case => [
  `slice [${shape}] by ${JSON.stringify(bounds)}`,
  (dtype) => ({
    op: "slice",
    operands: [randomBits(dtype, shape), ...bounds.map((each) => integers(...each))],
    constants: [1, 2, 3, 4],
  }),
];

const expanded = (shape: readonly number[], to: readonly number[]): Case => [
  `expand [${shape}] to [${to}]`,
  (dtype) => ({ op: "expand", operands: [randomBits(dtype, shape), integers(...to)], constants: [1] }),
];

const joined = (axis: number, ...shapes: readonly (readonly number[])[]): Case => [
  `concat of ${JSON.stringify(shapes)} along ${axis}`,
  (dtype) => ({ op: "concat", operands: shapes.map((shape, i) => randomBits(dtype, shape, i)), attributes: { axis } }),
];

const tiled = (shape: readonly number[], repeats: readonly number[]): Case => [
  `tile [${shape}] by [${repeats}]`,
  (dtype) => ({ op: "tile", operands: [randomBits(dtype, shape), integers(...repeats)], constants: [1] }),
];

const triangle = (shape: readonly number[], upper: boolean, k?: number): Case => [
  `trilu [${shape}] ${upper ? "upper" : "lower"} ${k}`,
  (dtype) => ({
    op: "trilu",
    operands: [randomBits(dtype, shape), k === undefined ? undefined : integers(k)],
    constants: [1],
    attributes: { upper },
  }),
];

const cases: readonly Case[] = [
  triangle([5, 7], true),
  triangle([2, 7, 4], false, 1),
  triangle([3, 19], true, -1),
  triangle([3, 5], false, -9),
  triangle([3, 0], false),
  transposed([], []),
  transposed([5, 0, 3], [2, 1, 0]),
  transposed([7, 11], [1, 0]),
  transposed([4, 4], [1, 0]),
  transposed([37, 21], [1, 0]),
  transposed([2, 19, 3, 5], [0, 2, 1, 3]),
  transposed([2, 3, 17, 18], [1, 3, 0, 2]),
  transposed([3, 5, 2, 7], [3, 2, 1, 0]),
  transposed([2, 3, 1, 2, 3, 2], [5, 1, 3, 0, 2, 4]),
  sliced([13], [2], [11]),
  sliced([3, 13], [-1], [-100], [-1], [-2]),
  sliced([3, 4, 9], [1, -9], [3, 8], [0, 2], [1, 3]),
  sliced([5, 6], [4, 1], [-9, 4], [0, 1], [-1, 1]),
  sliced([5, 6], [3], [3]),
  expanded([], [3, 5]),
  expanded([7, 1], [2, 7, 19]),
  expanded([3, 1, 5], [3, 4, 5]),
  expanded([1, 5], [0, 5]),
  expanded([2, 1, 3, 1], [2, 3, 3, 2]),
  joined(0, [2, 3], [0, 3], [5, 3]),
  joined(-1, [3, 1], [3, 4], [3, 2]),
  joined(1, [2, 2, 5], [2, 3, 5]),
  joined(0, [1], [1], [1]),
  tiled([2, 3], [3, 2]),
  tiled([5], [0]),
  tiled([1, 7, 1], [2, 1, 9]),
  ["reshape", (dtype) => ({ op: "reshape", operands: [randomBits(dtype, [3, 7]), integers(21)], constants: [0, 1] })],
];

/** WebAssembly does every width, the others one a case. */
describe.each(exactMachines.map((machine) => [machine.name, machine] as const))(
  `movement on %s (LANEWISE_SEED=${seed})`,
  (name, machine) => {
    const chosen = (i: number) => (name.startsWith("wasm") ? widths : [widths[i % widths.length] as DType]);

    test.each(cases.map(([what, stepOf], i) => [what, stepOf, chosen(i)] as const))("%s", (_what, stepOf, dtypes) => {
      for (const dtype of dtypes) {
        expectSameBits(runStep(stepOf(dtype), machine, { misalign: 16 }), dtype);
      }
    });
  },
);

describe("large copies are cut into items", () => {
  const machine = machines.find(({ name }) => name.startsWith("wasm"))!;

  test.each([
    transposed([300, 130], [1, 0]),
    transposed([9001, 3], [1, 0]),
    joined(0, [50_001], [30_000]),
    sliced([40_000], [39_999], [-99_999], [0], [-1]),
    expanded([3, 1], [3, 20_001]),
    expanded([1, 20_001], [3, 20_001]),
  ])("%s", (_what, stepOf) => {
    for (const dtype of ["u8", "f32", "i64"] as const) {
      expectSameBits(runStep(stepOf(dtype), machine), dtype);
    }
  });
});
