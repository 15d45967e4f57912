import { describe, expect, test } from "vitest";
import { seed } from "../../../test/support/seed.ts";
import { fromNumbers } from "../../tensor/numbers.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { integers, randomBits, randomNumbers } from "../testdata/tensors.ts";
import { checkStep } from "./testdata/check-step.ts";

const scales = (...values: readonly number[]): Tensor => fromNumbers("f32", [values.length], values);

describe(`resize, seed ${seed}`, () => {
  const floor = { mode: "nearest", coordinates: "asymmetric", rounding: "floor" };
  test.each([2, 4, 8])("repeats %i times along both axes", (factor) => {
    for (const dtype of ["f32", "u8"] as const) {
      const x = dtype === "u8" ? randomBits(dtype, [1, 2, 3, 9]) : randomNumbers(dtype, [1, 2, 3, 9]);
      const operands = [x, scales(1, 1, factor, factor)];
      const step = { op: "resize", operands, attributes: floor, constants: [1] };
      expect(checkStep(step, { depth: 0, on: factor === 4 ? "all" : "wasm" }).schedule).toBe("resize");
    }
  });

  const cases: readonly (readonly [readonly number[], readonly number[], Readonly<Record<string, unknown>>])[] = [
    [[1, 2, 3, 5], [1, 2, 9, 20], { mode: "nearest", coordinates: "halfPixel" }],
    [[2, 3, 7], [2, 3, 30], { mode: "linear", coordinates: "halfPixel" }],
    [[1, 2, 9, 13], [1, 2, 5, 30], { mode: "linear", coordinates: "alignCorners" }],
    [[2, 7], [2, 300], { mode: "linear", coordinates: "halfPixel" }],
    [[1, 2, 9, 13], [1, 2, 5, 30], { mode: "cubic", coordinates: "halfPixel" }],
    [[1, 2, 9, 13], [1, 2, 5, 6], { mode: "cubic", coordinates: "halfPixel", antialias: true }],
    [[1, 2, 9, 13], [1, 2, 9, 13], { mode: "linear", coordinates: "halfPixel" }],
    [[2, 3, 4], [4, 3, 9], { mode: "linear", coordinates: "halfPixel" }],
    [[2, 3, 4], [6, 8], { mode: "linear", coordinates: "halfPixel", axes: [1, 2] }],
  ];
  test.each(cases)("x %j to %j, %j", (x, sizes, attributes) => {
    const depth = attributes["mode"] === "nearest" ? 0 : 64;
    for (const dtype of ["f32", "f16"] as const) {
      const operands = [randomNumbers(dtype, x), undefined, integers(...sizes)];
      checkStep(
        { op: "resize", operands, attributes, constants: [2] },
        { depth, on: x.length === 3 && dtype === "f32" ? "all" : "wasm", misalign: 4 },
      );
    }
  });
});
