import { describe, expect, test } from "vitest";
import { seed } from "../../../test/support/seed.ts";
import { fromNumbers } from "../../tensor/numbers.ts";
import { createRandom } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { elementCount } from "../../tensor/tensor.ts";
import { checkStep } from "./testdata/check-step.ts";

const random = createRandom(`${seed} transposed`);
const make = (shape: readonly number[]): Tensor =>
  fromNumbers(
    "f32",
    shape,
    Float64Array.from({ length: elementCount(shape) }, () => random.uniform()),
  );

describe(`transposed convolutions, seed ${seed}`, () => {
  const cases: readonly (readonly [readonly number[], readonly number[], Readonly<Record<string, unknown>>])[] = [
    [[1, 5, 3, 5], [5, 3, 2, 2], { strides: [2, 2] }],
    [[2, 3, 4, 5], [3, 7, 3, 3], { strides: [2, 2], pads: [1, 1, 1, 1], outputPadding: [1, 1] }],
    [[2, 4, 4, 5], [4, 3, 3, 3], { group: 2, pads: [1, 0, 1, 2] }],
    [[1, 2, 4, 5], [2, 3, 3, 4], { strides: [3, 2], dilations: [2, 1], pads: [0, 1, 1, 0] }],
    [[1, 2, 6], [2, 3, 5], { strides: [4], pads: [1, 2] }],
    [[1, 2, 3], [2, 3, 2], { strides: [5] }],
    [[1, 2, 2, 3, 4], [2, 2, 2, 3, 3], { strides: [1, 2, 2] }],
    [[1, 2, 2, 3], [2, 2, 1, 1], { strides: [2, 2], autoPad: "sameUpper" }],
  ];
  test.each(cases)("x %j, w %j, %j", (x, w, attributes) => {
    const group = (attributes["group"] as number | undefined) ?? 1;
    const operands = [make(x), make(w), make([group * (w[1] as number)])];
    const strides = attributes["strides"] as readonly number[] | undefined;
    const depth = (x[1] as number) * elementCount(w.slice(2)) + 1;
    const step = { op: "convTranspose", operands, attributes, constants: [1] };
    const constant = checkStep(step, { depth, on: strides?.length === 1 ? "all" : "wasm" });
    expect(constant.schedule).toBe("transposed-conv");
    expect(checkStep({ ...step, constants: [] }, { depth, misalign: 4 })).toEqual(constant);
  });

  test.each([
    [[65536], undefined],
    [[80], "transposed-conv"],
  ])("strides %j", (strides, schedule) => {
    const run = () =>
      checkStep(
        { op: "convTranspose", operands: [make([1, 1, 2]), make([1, 1, 3])], attributes: { strides } },
        { depth: 3 },
      );
    if (schedule === undefined) expect(run).toThrow("strides of 65536 places in all: up to 256 have kernels");
    else expect(run().schedule).toBe(schedule);
  });

  test("what follows is done once all phases are there", () => {
    const operands = [make([1, 4, 3, 20]), make([4, 2, 2, 2])];
    const expression = {
      operands: 2,
      nodes: [
        { op: "mul", attributes: {}, inputs: [0, 1], dtype: "f32" as const },
        { op: "sigmoid", attributes: {}, inputs: [2], dtype: "f32" as const },
      ],
    };
    const epilogue = { expression, operands: [make([1, 2, 6, 40])] };
    checkStep(
      { op: "convTranspose", operands, attributes: { strides: [2, 2] }, constants: [1], epilogue },
      { depth: 8 },
    );
  });
});
