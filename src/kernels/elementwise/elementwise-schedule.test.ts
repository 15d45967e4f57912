import { describe, expect, test } from "vitest";
import type { Tensor } from "../../tensor/tensor.ts";
import { machines } from "../testdata/machines.ts";
import { runStep } from "../testdata/run-step.ts";

const f32 = (shape: number[], from = 0): Tensor => ({
  dtype: "f32",
  shape,
  data: Float32Array.from({ length: shape.reduce((p, d) => p * d, 1) }, (_, i) => from + i / 4),
});

describe.each(machines.map((machine) => [machine.name, machine] as const))("on %s", (_, machine) => {
  test.each([
    [[2, 3, 5], [5]],
    [
      [2, 3, 5],
      [2, 1, 5],
    ],
    [
      [2, 3, 5],
      [2, 3, 1],
    ],
    [
      [4, 1],
      [1, 6],
    ],
    [[], [7]],
    [[0, 3], [3]],
    [
      [2, 3],
      [2, 3],
    ],
  ])("sums of %j and %j", (a, b) => {
    for (const inPlace of [false, true]) {
      const { actual, expected } = runStep({ op: "add", operands: [f32(a), f32(b, 100)] }, machine, {
        inPlace,
        misalign: 4,
      });
      expect(actual).toEqual(expected);
    }
  });
});
