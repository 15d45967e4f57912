import { describe, expect, test } from "vitest";
import { seed } from "../../../test/support/seed.ts";
import type { DType } from "../../tensor/dtype.ts";
import { fromNumbers, numbers } from "../../tensor/numbers.ts";
import { createRandom } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { elementCount } from "../../tensor/tensor.ts";
import { hash } from "../testdata/hash.ts";
import type { Machine } from "../testdata/machines.ts";
import { machinesOf } from "../testdata/machines.ts";
import { machinesInTurn } from "../testdata/machines-in-turn.ts";
import { runStep } from "../testdata/run-step.ts";

const random = createRandom(seed);
const make = (shape: readonly number[], dtype: DType = "f32"): Tensor =>
  fromNumbers(
    dtype,
    shape,
    Float64Array.from({ length: elementCount(shape) }, () => random.uniform()),
  );
const bytes = (...shape: readonly number[]): Tensor =>
  fromNumbers(
    "u8",
    shape,
    Array.from({ length: elementCount(shape) }, () => random.int(0, 256)),
  );

interface Case {
  readonly m: number;
  readonly n: number;
  readonly depth: number;
  readonly bits: 2 | 4 | 8;
  readonly blockSize: number;
  readonly zeros?: "u8" | "f32";
  readonly dtype?: DType;
  readonly biased?: boolean;
}

function operandsOf({ m, n, depth, bits, blockSize, zeros, dtype = "f32", biased }: Case): (Tensor | undefined)[] {
  const blocks = Math.ceil(depth / blockSize);
  const points = zeros === "u8" ? bytes(n, Math.ceil((blocks * bits) / 8)) : make([n, blocks], "f32");
  const bias = biased ? make([n], dtype) : undefined;
  return [make([m, depth], dtype), bytes(n, blocks, (blockSize * bits) / 8), make([n, blocks]), zeros && points, bias];
}

const constants = [1, 2, 3];

describe(`products with weights of few bits, seed ${seed}`, () => {
  test.each<Case>([
    { m: 1, n: 9, depth: 32, bits: 4, blockSize: 32 },
    { m: 7, n: 40, depth: 40, bits: 4, blockSize: 16, zeros: "u8", biased: true },
    { m: 2, n: 17, depth: 33, bits: 8, blockSize: 16, zeros: "u8" },
    { m: 3, n: 8, depth: 32, bits: 2, blockSize: 16, zeros: "f32" },
    { m: 31, n: 5, depth: 19, bits: 2, blockSize: 32, zeros: "u8" },
    { m: 5, n: 33, depth: 64, bits: 4, blockSize: 32, dtype: "f16", biased: true },
    { m: 0, n: 3, depth: 16, bits: 4, blockSize: 16 },
  ])("%j", (which) => {
    const operands = operandsOf(which);
    const { bits, blockSize, depth, dtype } = which;
    const step = { op: "matmulNBits", operands, attributes: { bits, blockSize }, constants };
    const size = depth * 2 ** bits;
    const bound = 2 ** -24 * size * (depth + 2) + (dtype === "f16" ? 2 ** -10 * size : 0);
    for (const fused of [false, true]) {
      const hashes = machinesInTurn(fused).map((machine) => {
        const { actual, expected } = runStep(step, machine, { misalign: 4 });
        const [a, e] = [numbers(actual[0]!), numbers(expected[0]!)];
        const wrong = e.findIndex((value, i) => !(Math.abs(a[i]! - value) <= bound));
        if (wrong >= 0) expect.fail(`${machine.name}: element ${wrong} is ${a[wrong]}, expected ${e[wrong]}`);
        return hash(Float32Array.from(a));
      });
      expect(new Set(hashes).size).toBe(1);
    }
  });

  test("a row alone has the bits that it has among others", () => {
    const attributes = { bits: 4, blockSize: 16 } as const;
    const [x, ...rest] = operandsOf({ m: 9, n: 21, depth: 48, ...attributes, zeros: "u8" }) as [Tensor, ...Tensor[]];
    for (const machine of machinesOf(true).filter(({ name }) => name.startsWith("wasm"))) {
      const run = (data: Float32Array, m: number): Float32Array => {
        const operands = [{ ...x, shape: [m, 48], data }, ...rest];
        return runStep({ op: "matmulNBits", operands, attributes, constants }, machine).actual[0]?.data as Float32Array;
      };
      const all = run(x.data as Float32Array, 9);
      for (const i of [0, 5, 8]) {
        expect(run((x.data as Float32Array).slice(i * 48, (i + 1) * 48), 1)).toEqual(all.slice(i * 21, (i + 1) * 21));
      }
    }
  });

  test("what has no kernel is said in words", () => {
    const [machine] = machinesOf(false) as [Machine];
    const operands = operandsOf({ m: 1, n: 2, depth: 16, bits: 4, blockSize: 16 });
    const attributes = { bits: 4, blockSize: 16 };
    const run = (more: object): unknown =>
      runStep({ op: "matmulNBits", operands, attributes, constants, ...more }, machine);
    expect(() => run({ constants: [1] })).toThrow("weights must be constant to be packed");
    const groups = fromNumbers("i32", [16], new Int32Array(16));
    expect(() => run({ operands: [...operands, groups] })).toThrow(
      "in another order than their blocks have no kernels",
    );
  });
});
