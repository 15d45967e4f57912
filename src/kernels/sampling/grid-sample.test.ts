import { describe, expect, test } from "vitest";
import { seed } from "../../../test/support/seed.ts";
import type { GridSampleSettings } from "../../ops/grid-taps.ts";
import { randomTensor } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { machines } from "../testdata/machines.ts";
import { runStep } from "../testdata/run-step.ts";

/** Points in and around the picture, some far away, infinite or no numbers. */
function gridOf(shape: readonly number[]): Tensor {
  const grid = randomTensor("f32", shape, seed + 1);
  const data = Float32Array.from(grid.data as Float32Array, (value) => value * 0.8);
  data.set([-1, 1, 0, 0, 3e38, -3e38, Number.NaN, 0.25, Number.POSITIVE_INFINITY, -1, 1, 1].slice(0, data.length));
  return { ...grid, data };
}

const cases: readonly (readonly [readonly number[], readonly number[]])[] = [
  [
    [1, 3, 5, 7],
    [1, 4, 6, 2],
  ],
  [
    [2, 2, 1, 9],
    [2, 3, 3, 2],
  ],
  [
    [1, 1, 8, 1],
    [1, 17, 19, 2],
  ],
  [
    [1, 0, 3, 3],
    [1, 2, 2, 2],
  ],
];

describe.each(machines.map((machine) => [machine.name, machine] as const))(
  `gridSample on %s (LANEWISE_SEED=${seed})`,
  (_name, machine) => {
    const settings = (["zeros", "border"] as const).flatMap((padding) =>
      [true, false].map((alignCorners): GridSampleSettings => ({ mode: "linear", padding, alignCorners })),
    );
    test.each(settings)("$padding, corners aligned: $alignCorners", (attributes) => {
      for (const [x, grid] of cases) {
        const operands = [randomTensor("f32", x, seed), gridOf(grid)];
        const { schedule, actual, expected } = runStep(
          { op: "gridSample", operands, attributes: { ...attributes } },
          machine,
        );
        expect(schedule).toBe("grid-sample");
        const [ours, theirs] = [actual[0]?.data, expected[0]?.data] as [Float32Array, Float32Array];
        // A coordinate of up to 18 elements has 2 ulp of error, which the difference of neighbours of up to 4 in size multiplies.
        const bound = 18 * 2 ** -22 * 8;
        for (const [i, value] of theirs.entries()) expect(Math.abs((ours[i] as number) - value)).toBeLessThan(bound);
      }
    });
  },
);
