import { describe, expect, test } from "vitest";
import { seed } from "../../../test/support/seed.ts";
import { fromNumbers } from "../../tensor/numbers.ts";
import { integers, randomBits, randomNumbers } from "../testdata/tensors.ts";
import { checkStep } from "./testdata/check-step.ts";

describe(`pad, seed ${seed}`, () => {
  const shapes: readonly (readonly [readonly number[], readonly number[], readonly number[] | undefined])[] = [
    [[2, 3, 5, 9], [0, 0, 1, 2, 0, 0, 2, 1], undefined],
    [[2, 3, 5, 9], [0, 0, -1, 2, 1, 0, 2, -3], undefined],
    [[7], [3, 4], undefined],
    [[2, 60], [0, 30, 0, 20], undefined],
    [[3, 4], [1, 1], [0]],
    [[2, 3], [0, 0, 0, 0], undefined],
  ];
  test.each(["constant", "edge", "reflect", "wrap"])("%s", (mode) => {
    for (const [x, pads, axes] of shapes) {
      const operands = [randomNumbers("f32", x), integers(...pads), undefined, axes && integers(...axes)];
      const step = { op: "pad", operands, attributes: { mode }, constants: [1, 3] };
      expect(checkStep(step, { depth: 0, on: x.length === 2 && mode === "constant" ? "all" : "wasm" }).schedule).toBe(
        "pad",
      );
    }
  });

  test.each(["u8", "i32", "f16"] as const)("%s, with a value", (dtype) => {
    const x = dtype === "f16" ? randomNumbers(dtype, [3, 5, 9]) : randomBits(dtype, [3, 5, 9]);
    const operands = [x, integers(1, 0, 2, 0, 2, 1), fromNumbers(dtype, [], [7])];
    const step = { op: "pad", operands, attributes: { mode: "constant" }, constants: [1] };
    checkStep(step, { depth: 0, misalign: 4 });
  });

  test("of nothing is the value alone", () => {
    for (const value of [undefined, fromNumbers("f32", [], [7])]) {
      const operands = [randomNumbers("f32", [2, 0, 3]), integers(0, 1, 0, 0, 2, 0), value];
      checkStep({ op: "pad", operands, attributes: { mode: "constant" }, constants: [1] }, { depth: 0 });
    }
  });
});
