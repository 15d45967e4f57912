import { describe, expect, test } from "vitest";
import { seed } from "../../../test/support/seed.ts";
import { randomIntegers, randomNumbers } from "../testdata/tensors.ts";
import { checkStep } from "./testdata/check-step.ts";

describe(`pooling, seed ${seed}`, () => {
  const cases: readonly (readonly [string, readonly number[], Readonly<Record<string, unknown>>])[] = [
    ["maxPool", [1, 1, 5, 22], { kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }],
    ["maxPool", [2, 1, 13], { kernel: [4], strides: [3], ceilMode: true }],
    ["maxPool", [1, 2, 9, 18], { kernel: [3, 2], pads: [2, 1, 1, 0], dilations: [2, 1] }],
    ["maxPool", [1, 3, 7, 8], { kernel: [2, 2], strides: [2, 2] }],
    ["maxPool", [1, 1, 4, 5, 6], { kernel: [2, 3, 3], pads: [0, 1, 1, 1, 1, 1], dilations: [2, 1, 1] }],
    ["averagePool", [1, 2, 6, 18], { kernel: [3, 2], strides: [3, 2] }],
    ["averagePool", [1, 1, 5, 18], { kernel: [3, 3], pads: [1, 1, 1, 1] }],
    [
      "averagePool",
      [1, 1, 7, 9],
      { kernel: [3, 3], pads: [1, 1, 1, 1], countIncludePad: true, ceilMode: true, strides: [2, 2] },
    ],
    ["averagePool", [1, 1, 4, 5, 6], { kernel: [2, 3, 3], pads: [0, 1, 1, 1, 1, 1], dilations: [2, 1, 1] }],
    ["lpPool", [1, 1, 5, 9], { kernel: [3, 3], pads: [1, 1, 1, 1], p: 2 }],
    ["lpPool", [1, 1, 5, 9], { kernel: [2, 3], p: 1 }],
    ["lpPool", [1, 1, 2, 5], { kernel: [2, 3], p: 3 }],
  ];
  test.each(cases)("%s of %j, %j", (op, x, attributes) => {
    const step = { op, operands: [randomNumbers("f32", x)], attributes };
    const checked = checkStep(step, { depth: 64, on: x.length === 3 || x[3] === 18 ? "all" : "wasm" });
    expect(checked.schedule).toBe(op === "maxPool" ? "max-pool" : "pool");
    checkStep({ ...step, operands: [randomNumbers("f16", x)] }, { depth: 64, misalign: 4 });
  });

  test.each(["i8", "u8", "i32"] as const)("maxPool of %s", (dtype) => {
    const x = randomIntegers(dtype, [1, 2, 7, 19], dtype === "u8" ? 0 : -128, 128);
    const attributes = { kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] };
    checkStep({ op: "maxPool", operands: [x], attributes }, { depth: 0 });
  });

  test("maxPool: NaN wins, and padding never does", () => {
    const x = randomNumbers("f32", [1, 1, 6, 9]);
    (x.data as Float32Array).fill(Number.NEGATIVE_INFINITY, 0, 20);
    (x.data as Float32Array)[30] = Number.NaN;
    checkStep({ op: "maxPool", operands: [x], attributes: { kernel: [3, 3], pads: [1, 1, 1, 1] } }, { depth: 0 });
  });
});
