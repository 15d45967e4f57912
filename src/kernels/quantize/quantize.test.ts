import { describe, expect, test } from "vitest";
import { seed } from "../../../test/support/seed.ts";
import type { DType } from "../../tensor/dtype.ts";
import { bytesFor } from "../../tensor/dtype.ts";
import { fromNumbers, numbers } from "../../tensor/numbers.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { elementCount } from "../../tensor/tensor.ts";
import { expectSameBits } from "../testdata/expect-same-bits.ts";
import { exactMachines } from "../testdata/machines.ts";
import { runStep } from "../testdata/run-step.ts";
import { randomIntegers, randomNumbers } from "../testdata/tensors.ts";

interface Layout {
  readonly x: readonly number[];
  readonly scale: readonly number[];
  readonly attributes: { readonly axis?: number; readonly blockSize?: number };
}

const layouts: readonly Layout[] = [
  { x: [3, 37], scale: [], attributes: {} },
  { x: [2, 5, 3], scale: [5], attributes: { axis: 1 } },
  { x: [7, 4], scale: [4], attributes: { axis: -1 } },
  { x: [5, 3, 2], scale: [5], attributes: { axis: 0 } },
  { x: [3, 12], scale: [3, 3], attributes: { axis: 1, blockSize: 4 } },
  { x: [6, 5], scale: [2, 5], attributes: { axis: 0, blockSize: 3 } },
  { x: [0, 3], scale: [3], attributes: { axis: 1 } },
];

const positive = (t: Tensor): Tensor =>
  fromNumbers(
    t.dtype,
    t.shape,
    Float64Array.from(numbers(t), (x) => Math.abs(x) / 16 + 0.01),
  );

const range: Partial<Record<DType, readonly [number, number]>> = {
  i8: [-128, 128],
  u8: [0, 256],
  i16: [-32768, 32768],
  u16: [0, 65536],
  i4: [-8, 8],
  u4: [0, 16],
};

const integersOf = (dtype: DType, shape: readonly number[]): Tensor => {
  const [low, high] = range[dtype] as readonly [number, number];
  const wide = randomIntegers("i32", shape, low, high);
  const t = fromNumbers(dtype, shape, Float64Array.from(numbers(wide)));
  return { ...t, data: (t.data as Uint8Array).slice(0, bytesFor(dtype, elementCount(shape))) };
};

describe.each(exactMachines.map((machine) => [machine.name, machine] as const))(
  `quantisation on %s (LANEWISE_SEED=${seed})`,
  (_, machine) => {
    test.each(layouts)("$x by $scale", ({ x, scale, attributes }) => {
      for (const to of ["u8", "i8", "u16"] as const) {
        const values = randomNumbers("f32", x);
        (values.data as Float32Array).set([Number.NaN, Infinity, -Infinity, 0.5].slice(0, elementCount(x)));
        for (const zero of [undefined, integersOf(to, scale)]) {
          const operands = [values, positive(randomNumbers("f32", scale, 1)), zero].slice(0, zero ? 3 : 2);
          expectSameBits(runStep({ op: "quantizeLinear", operands, attributes: { ...attributes, to } }, machine), to);
        }
      }
    });

    test.each(layouts)("back from $x by $scale", ({ x, scale, attributes }) => {
      for (const from of ["u8", "i8", "i16", "u4", "i4"] as const) {
        for (const zero of [undefined, integersOf(from, scale)]) {
          const operands = [integersOf(from, x), positive(randomNumbers("f32", scale, 1)), zero].slice(0, zero ? 3 : 2);
          expectSameBits(runStep({ op: "dequantizeLinear", operands, attributes }, machine), from);
        }
      }
    });
  },
);

describe("4 bits", () => {
  test("are unpacked over several items", () => {
    const [machine] = exactMachines.filter(({ name }) => name.startsWith("wasm"));
    const operands = [integersOf("i4", [3, 9001]), positive(randomNumbers("f32", [3]))];
    const run = runStep({ op: "dequantizeLinear", operands, attributes: { axis: 0 } }, machine!);
    expectSameBits(run);
    expect(run.schedule).toBe("dequantize");
  });
});
