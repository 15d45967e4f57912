import { describe, expect, test } from "vitest";
import { bfloat16Bits, decodeBfloat16 } from "../../tensor/bfloat16.ts";
import { decodeFloat16, encodeFloat16 } from "../../tensor/float16.ts";
import { createRandom } from "../../tensor/random.ts";
import type { Machine } from "../testdata/machines.ts";
import { machines, machinesOf } from "../testdata/machines.ts";
import type { Data } from "../testdata/run-kernel.ts";
import { runKernel } from "../testdata/run-kernel.ts";
import type { Elementwise } from "./elementwise.ts";
import { elementwise } from "./elementwise.ts";

const plain = { storage: "f32", repeats: false } as const;
const repeated = { storage: "f32", repeats: true } as const;

const values = (count: number): Float32Array => {
  const random = createRandom(`elementwise ${count}`);
  return Float32Array.from({ length: count }, () => random.uniform() * 8);
};

/** Runs a chain over one row on all machines, and expects that each gives exactly `expected`. */
function expectRow(options: Omit<Elementwise, "rank">, inputs: readonly Data[], expected: Data, block = 64): void {
  for (const machine of machines) expectOn(machine, options, inputs, expected, block);
}

/** A long row in full where it is compiled; on interpreters, which do a few thousand elements in the same time, every so many elements. */
function expectLongRow(options: Omit<Elementwise, "rank">, input: Data, expected: Data): void {
  const stride = 31;
  const some = <D extends Data>(data: D): D => data.filter((_, i) => i % stride === 0) as D;
  for (const machine of machines) {
    const isInterpreted = machine.name.includes("form, ");
    const [x, y] = isInterpreted ? [some(input), some(expected)] : [input, expected];
    expectOn(machine, options, [x], y, Math.ceil(y.length / 64) * 64);
  }
}

function expectOn(
  machine: Machine,
  options: Omit<Elementwise, "rank">,
  inputs: readonly Data[],
  expected: Data,
  block: number,
): void {
  const n = expected.length;
  const blocks = Math.max(1, Math.ceil(n / block));
  const kernel = elementwise.build({ rank: 0, ...options }, machine.target);
  const tensors = Object.fromEntries(inputs.map((data, i) => [`x${i}`, data]));
  const y = expected.slice().fill(0);
  const result = runKernel(kernel, machine, { ...tensors, y, n, blocks, block }, { items: blocks });
  expect(result.y, machine.name).toEqual(expected);
}

describe("elementwise", () => {
  test.each([0, 1, 3, 4, 5, 15, 16, 17, 63, 64, 65, 191])("a chain over %i elements", (n) => {
    const [a, b] = [values(n), values(n + 1).subarray(1)];
    const expected = a.map((v, i) => Math.max(Math.fround(Math.fround(v * b[i]!) - 1), 0));
    const formula: Elementwise["formula"] = (k, x, y) => k.max(k.sub(k.mul(x!, y!), 1), 0);
    expectRow({ operands: [plain, plain], result: "f32", formula }, [a, b], expected);
  });

  test("one element for all, and a truth as a byte", () => {
    const x = values(37);
    const expected = Uint8Array.from(x, (v) => Number(v < 1.5));
    const formula: Elementwise["formula"] = (k, a, b) => k.lt(a!, b!);
    expectRow({ operands: [plain, repeated], result: "u8", formula }, [x, Float32Array.of(1.5)], expected);
  });

  test("integers wrap, and short ones keep their low bits", () => {
    const x = Int32Array.from({ length: 21 }, (_, i) => 0x7fffffff - 3 * i);
    const square: Elementwise["formula"] = (k, a) => k.imul(a!, a!);
    const products = x.map((v) => Math.imul(v, v));
    const integer = { storage: "i32", repeats: false } as const;
    expectRow({ operands: [integer], result: "i32", formula: square }, [x], products);
    expectRow({ operands: [integer], result: "i16", formula: square }, [x], Int16Array.from(products));
    expectRow({ operands: [integer], result: "i8", formula: square }, [x], Int8Array.from(products));
    const bytes = Int8Array.from(products);
    const byte = { storage: "i8", repeats: false } as const;
    expectRow({ operands: [byte], result: "i32", formula: (_, a) => a! }, [bytes], Int32Array.from(bytes));
  });

  test.each(["f16", "bf16"] as const)(
    "every %s value survives, and f32 is rounded to nearest even",
    (storage) => {
      const bits = Uint16Array.from({ length: 0x10000 }, (_, i) => i);
      const decoded = storage === "f16" ? decodeFloat16(bits) : decodeBfloat16(bits);
      const encode = (x: Float32Array): Uint16Array =>
        storage === "f16" ? encodeFloat16(x) : Uint16Array.from(x, bfloat16Bits);
      const narrow = { storage, repeats: false };
      const same: Elementwise["formula"] = (_, a) => a!;
      expectLongRow({ operands: [narrow], result: "f32", formula: same }, bits, decoded);
      const random = createRandom(storage);
      const wide = new Float32Array(Uint32Array.from({ length: 20_001 }, () => random.u32()).buffer);
      for (let i = 0; i < 8000; i++) wide[i] = decoded[random.int(0, 0x10000)]! * (1 + random.int(-2, 3) * 2 ** -12);
      expectLongRow({ operands: [plain], result: storage, formula: same }, wide, encode(wide));
    },
    60_000,
  );

  test("broadcast over outer dimensions, in place", () => {
    const [p, q, n] = [3, 2, 5];
    const [x, column, row] = [values(p * q * n), values(q), values(p * n)];
    const expected = x.map((v, at) => {
      const [i, j, l] = [Math.floor(at / (q * n)), Math.floor(at / n) % q, at % n];
      return Math.fround(Math.fround(v + column[j]!) * row[i * n + l]!);
    });
    for (const machine of [...machinesOf(false), ...machinesOf(true)]) {
      const formula: Elementwise["formula"] = (k, a, b, c) => k.mul(k.add(a!, b!), c!);
      const kernel = elementwise.build(
        { rank: 2, operands: [plain, repeated, plain], result: "f32", formula },
        machine.target,
      );
      const strides = { x0Stride0: q * n, x0Stride1: n, x1Stride0: 0, x1Stride1: 1, x2Stride0: n, x2Stride1: 0 };
      const args = { x0: x, x1: column, x2: row, y: x, ...strides, yStride0: q * n, yStride1: n };
      const sizes = { extent0: p, extent1: q, n, blocks: 1, block: 64 };
      expect(runKernel(kernel, machine, { ...args, ...sizes }, { items: p * q }).y, machine.name).toEqual(expected);
    }
  });
});
