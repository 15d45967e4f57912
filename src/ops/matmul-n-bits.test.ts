import { describe, expect, it } from "vitest";
import { absent } from "../graph/leaves.ts";
import type { Value } from "../graph/value.ts";
import { expertLinear } from "./expert-linear.ts";
import { expertLinearNBits } from "./expert-linear-n-bits.ts";
import { matmulNBits } from "./matmul-n-bits.ts";
import { constantOf, elements, seededIntegers } from "./testing.ts";

const count = (shape: readonly number[]): number => shape.reduce((product, dim) => product * dim, 1);
/** sin(0.7 i + phase) in row-major order. */
const wave = (shape: readonly number[], phase: number): Value =>
  constantOf(
    "f32",
    shape,
    Array.from({ length: count(shape) }, (_unused, i) => Math.sin(0.7 * i + phase)),
  );
const close = (value: Value, expected: readonly number[]) => {
  const got = elements(value);
  expect(got.length).toBe(expected.length);
  got.forEach((element, i) => {
    expect(Math.abs(element - (expected[i] as number))).toBeLessThanOrEqual(1e-5 * (1 + Math.abs(element)));
  });
};

describe("matmulNBits", () => {
  // Expected values by onnxruntime 1.32.
  const packed = constantOf(
    "u8",
    [3, 2, 8],
    Array.from({ length: 48 }, (_unused, i) => (i * 37) % 256),
  );
  const zeros = constantOf("u8", [3, 1], [0x5a, 0x37, 0xc1]);
  const layout = { bits: 4, blockSize: 16 } as const;

  it("multiplies by (element - zero point) · scale and adds the bias", () => {
    const y = matmulNBits(wave([2, 20], 0), packed, wave([3, 2], 1), zeros, wave([3], 2), undefined, layout);
    close(y, [2.16559, -6.34322, -16.5575, -3.46853, -3.65448, 16.6854]);
  });

  it("says what does not fit", () => {
    const [x, scales] = [wave([2, 20], 0), wave([3, 2], 1)];
    const apply = (a: Value, b: Value, c: Value, d: Value) => () =>
      matmulNBits(a, b, c, d, undefined, undefined, layout);
    expect(apply(wave([2, 40], 0), packed, scales, absent)).toThrow("rows of 40 elements take 3 blocks of 16");
    expect(apply(x, packed, wave([3, 3], 1), absent)).toThrow("scales must be a float for each block");
    expect(apply(x, packed, scales, constantOf("u8", [3, 2], [1, 1, 1, 1, 1, 1]))).toThrow("u8 with 4 bits for each");
    expect(apply(x, constantOf("u8", [3, 2, 4], new Array(24).fill(0)), scales, absent)).toThrow("8 bytes for a block");
  });

  it("equals the formula for all widths, block orders and kinds of zero points", () => {
    const seed = 20;
    const random = seededIntegers(seed);
    for (let round = 0; round < 24; round++) {
      const bits = ([2, 4, 8] as const)[round % 3] ?? 4;
      const [n, k, blockSize] = [random(1, 40), random(1, 70), 16];
      const blocks = Math.ceil(k / blockSize);
      const codes = Array.from({ length: n * blocks * blockSize }, () => random(0, 2 ** bits - 1));
      const scales = Array.from({ length: n * blocks }, () => Math.fround(random(-9, 9) / 8));
      const zeroPoints = Array.from({ length: n * blocks }, () => Math.fround(random(0, 64) / 16));
      const groups = Array.from({ length: k }, () => random(0, blocks - 1));
      const m = random(1, 6);
      const x = Array.from({ length: m * k }, () => random(-20, 20) / 16);
      const y = matmulNBits(
        constantOf("f32", [m, k], x),
        constantOf("u8", [n, blocks, (blockSize * bits) / 8], packCodes(codes, bits)),
        constantOf("f32", [n, blocks], scales),
        constantOf("f32", [n, blocks], zeroPoints),
        undefined,
        constantOf("i32", [k], groups),
        { bits, blockSize },
      );
      const expected = Array.from({ length: m * n }, (_unused, at) => {
        const [i, j] = [Math.floor(at / n), at % n];
        return groups.reduce((sum, group, p) => {
          const code = codes[j * blocks * blockSize + p] as number;
          const of = j * blocks + group;
          return sum + (x[i * k + p] as number) * (code - (zeroPoints[of] as number)) * (scales[of] as number);
        }, 0);
      });
      expect(elements(y), `seed ${seed}, round ${round}`).toEqual(expected.map(Math.fround));
    }
  });
});

/** Codes of a few bits, the first in the low bits of the first byte. */
function packCodes(codes: readonly number[], bits: number): number[] {
  const perByte = 8 / bits;
  return Array.from({ length: codes.length / perByte }, (_unused, i) =>
    codes.slice(i * perByte, (i + 1) * perByte).reduce((byte, code, j) => byte + code * 2 ** (j * bits), 0),
  );
}

describe("products with the weights of experts", () => {
  const experts = constantOf("i64", [3, 2], [2, 0, 1, 2, 0, 1]);
  const bias = wave([3, 4], 3);

  it("give each row its expert's product, from one row a token or one a slot", () => {
    const [x, weights] = [wave([3, 2, 5], 0), wave([3, 4, 5], 1)];
    const shared = constantOf("f32", [3, 1, 5], elements(x).slice(0, 15));
    const [xs, ws, bs] = [elements(x), elements(weights), elements(bias)];
    const expected = (row: (t: number, s: number) => number) =>
      [2, 0, 1, 2, 0, 1].flatMap((expert, place) =>
        [0, 1, 2, 3].map((n) => {
          const from = row(Math.floor(place / 2), place % 2) * 5;
          const products = [0, 1, 2, 3, 4].map((k) => (xs[from + k] ?? 0) * (ws[(expert * 4 + n) * 5 + k] ?? 0));
          return products.reduce((sum, product) => sum + product, bs[expert * 4 + n] ?? 0);
        }),
      );
    const rowOfSlot = (t: number, s: number) => t * 2 + s;
    close(expertLinear(x, weights, experts, bias), expected(rowOfSlot));
    close(
      expertLinear(shared, weights, experts, bias),
      expected((t) => t),
    );
  });

  it("are the same with weights in blocks", () => {
    const [bits, blockSize] = [4, 16] as const;
    const bytes = Array.from({ length: 3 * 4 * 8 }, (_unused, i) => (i * 91 + 7) % 256);
    const scales = wave([3, 4, 1], 2);
    const codes = bytes.flatMap((byte) => [byte & 15, byte >> 4]);
    const dense = codes.map((code, i) => (code - 8) * (elements(scales)[Math.floor(i / 16)] ?? 0));
    const x = wave([3, 1, 16], 0);
    const packed = constantOf("u8", [3, 4, 1, 8], bytes);
    const y = expertLinearNBits(x, packed, scales, experts, undefined, bias, { bits, blockSize });
    close(y, elements(expertLinear(x, constantOf("f32", [3, 4, 16], dense), experts, bias)));
  });

  it("refuse experts that do not exist and rows that do not fit", () => {
    const [x, weights] = [wave([1, 1, 5], 0), wave([3, 4, 5], 1)];
    const apply = (chosen: Value) => () => elements(expertLinear(x, weights, chosen, undefined));
    expect(apply(constantOf("i64", [1, 1], [3]))).toThrow("holds 3, but there are 3 experts");
    expect(apply(constantOf("i64", [2, 1], [0, 1]))).toThrow("must have a row for each of the experts");
    expect(apply(constantOf("f32", [1, 1], [0]))).toThrow("experts must be integers");
  });
});
