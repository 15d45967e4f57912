import { describe, expect, test } from "vitest";
import { seed } from "../../../test/support/seed.ts";
import type { DType } from "../../tensor/dtype.ts";
import { randomBits } from "../testdata/tensors.ts";
import { checkStep } from "./testdata/check-step.ts";

describe(`convolutions of bytes, seed ${seed}`, () => {
  const cases: readonly (readonly [
    DType,
    DType,
    readonly number[],
    readonly number[],
    Readonly<Record<string, unknown>>,
  ])[] = [
    ["u8", "i8", [1, 3, 5, 6], [7, 3, 3, 3], { pads: [1, 1, 1, 1] }],
    ["i8", "u8", [2, 4, 7, 9], [6, 2, 2, 3], { group: 2, strides: [2, 2], pads: [0, 1, 1, 2] }],
    ["u8", "u8", [1, 6, 4, 5], [5, 6, 1, 1], {}],
    ["u8", "i8", [1, 1, 4, 5], [3, 1, 3, 1], { dilations: [1, 2], strides: [1, 3] }],
  ];
  test.each(cases)("x %s, w %s, %j, %j, %j", (xType, wType, x, w, attributes) => {
    const [xs, ws] = [randomBits(xType, x), randomBits(wType, w, 1)];
    const zeros = [undefined, randomBits(wType, [], 2), randomBits(wType, [w[0] as number], 3)];
    zeros.forEach((zero, i) => {
      const operands = [xs, ws, i === 0 ? undefined : randomBits(xType, [], 4), zero];
      const step = { op: "convInteger", operands, attributes };
      const made = checkStep({ ...step, constants: [1, 3] }, { depth: 0, on: i === 2 ? "all" : "wasm" });
      expect(made.schedule).toBe("integer-conv");
      expect(checkStep({ ...step, constants: [] }, { depth: 0, misalign: 4 })).toEqual(made);
    });
  });

  test("what follows: the sums as floats, scaled by channel, clipped at 0", () => {
    const operands = [randomBits("u8", [1, 3, 6, 7]), randomBits("i8", [5, 3, 3, 3], 1)];
    const expression = {
      operands: 2,
      nodes: [
        { op: "cast", attributes: { to: "f32" }, inputs: [0], dtype: "f32" as const },
        { op: "mul", attributes: {}, inputs: [2, 1], dtype: "f32" as const },
        { op: "relu", attributes: {}, inputs: [3], dtype: "f32" as const },
      ],
    };
    const scales = { dtype: "f32" as const, shape: [5, 1, 1], data: Float32Array.of(1, 0.5, 0.25, 2, 4) };
    const step = {
      op: "convInteger",
      operands,
      attributes: {},
      constants: [1],
      epilogue: { expression, operands: [scales] },
    };
    checkStep(step, { depth: 0 });
  });
});
