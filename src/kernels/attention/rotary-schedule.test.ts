import { describe, expect, test } from "vitest";
import { seed } from "../../../test/support/seed.ts";
import type { DType } from "../../tensor/dtype.ts";
import { fromNumbers, numbers } from "../../tensor/numbers.ts";
import { createRandom } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { elementCount } from "../../tensor/tensor.ts";
import { hash } from "../testdata/hash.ts";
import { machinesInTurn } from "../testdata/machines-in-turn.ts";
import { runStep } from "../testdata/run-step.ts";

const random = createRandom(seed);
const make = (shape: readonly number[], dtype: DType): Tensor =>
  fromNumbers(
    dtype,
    shape,
    Float64Array.from({ length: elementCount(shape) }, () => random.uniform()),
  );

describe.each([false, true])(`rotary embedding, interleaved %s, seed ${seed}`, (interleaved) => {
  test.each([
    { x: [2, 3, 5, 8], angles: [1, 1, 5, 4] },
    { x: [2, 3, 5, 9], angles: [2, 1, 5, 3] },
    { x: [1, 2, 70, 4], angles: [70, 2] },
    { x: [2, 1, 1, 6], angles: [2, 1, 1, 3] },
    { x: [6], angles: [3] },
    { x: [0, 6], angles: [3] },
    { x: [3, 7], angles: [1, 2], dtype: "f16" },
    { x: [3, 34], angles: [3, 17], dtype: "bf16" },
  ] as const)("$x by $angles", ({ x, angles, ...more }) => {
    const dtype: DType = "dtype" in more ? more.dtype : "f32";
    const operands = [make(x, dtype), make(angles, dtype), make(angles, dtype)];
    const bound = { f32: 2 ** -22, f16: 2 ** -10, bf16: 2 ** -7 }[dtype as "f32"];
    const hashes = [...machinesInTurn(false), ...machinesInTurn(true)].map((machine) => {
      const step = { op: "rotaryEmbedding", operands, attributes: { interleaved } };
      const { actual, expected } = runStep(step, machine, { misalign: 4, inPlace: true });
      const [a, e] = [numbers(actual[0]!), numbers(expected[0]!)];
      const wrong = e.findIndex((value, i) => !(Math.abs(a[i]! - value) <= bound));
      if (wrong >= 0) expect.fail(`${machine.name}: element ${wrong} is ${a[wrong]}, expected ${e[wrong]}`);
      return hash(Float32Array.from(a));
    });
    expect(new Set(hashes).size).toBe(1);
  });
});
