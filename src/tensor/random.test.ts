import { describe, expect, test } from "vitest";
import type { DType } from "./dtype.ts";
import { dtypeNames, isFloat } from "./dtype.ts";
import { numbers } from "./numbers.ts";
import { createRandom, randomTensor } from "./random.ts";

describe("createRandom", () => {
  test("the numbers of a seed never change: these are from an independent implementation in Python", () => {
    const random = createRandom(0);
    const values = Array.from({ length: 1000 }, random.u32);
    expect([...values.slice(0, 3), values[999]]).toEqual([3663941251, 2916127658, 4237746679, 889216304]);
    const named = createRandom("0/x");
    expect([named.u32(), named.u32(), named.u32()]).toEqual([2119082836, 4269928860, 1140991704]);
  });

  test("equal seeds, also as text, give equal numbers, others do not", () => {
    const first = (seed: number | string) => createRandom(seed).u32();
    expect(first(7)).toBe(first("7"));
    expect(new Set([0, 1, 2, -1, "x", "y", "0/x"].map(first)).size).toBe(7);
  });

  test("uniform lies in [-1, 1), on f32 numbers, evenly", () => {
    const random = createRandom("uniform");
    const values = Array.from({ length: 20_000 }, random.uniform);
    expect(values.every((v) => v >= -1 && v < 1 && Math.fround(v) === v)).toBe(true);
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    const square = values.reduce((sum, v) => sum + v * v, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.02);
    expect(Math.abs(square - 1 / 3)).toBeLessThan(0.02);
  });

  test("int takes each number of its range about as often", () => {
    const random = createRandom(3);
    const seen = new Array<number>(7).fill(0);
    for (let i = 0; i < 7000; i++) seen[random.int(-2, 5) + 2]! += 1;
    expect(Math.min(...seen)).toBeGreaterThan(850);
    expect(Math.max(...seen)).toBeLessThan(1150);
    expect(() => random.int(2, 2)).toThrow(RangeError);
    expect(() => random.int(0, 0.5)).toThrow(RangeError);
  });
});

describe("randomTensor", () => {
  test.each(dtypeNames.filter((dtype) => isFloat(dtype)))("%s: exact values in [-1, 1), not all equal", (dtype) => {
    const values = numbers(randomTensor(dtype, [10, 20], 1));
    expect(values.length).toBe(200);
    expect(values.every((v) => v >= -1 && v < 1)).toBe(true);
    expect(new Set(values).size).toBeGreaterThan(3);
  });

  test("f32 and f64 hold the same values", () => {
    expect([...numbers(randomTensor("f64", [50], "s"))]).toEqual([...numbers(randomTensor("f32", [50], "s"))]);
  });

  test.each<[DType, unknown]>([
    ["i64", new BigInt64Array([1n, 1n, 1n])],
    ["u8", new Uint8Array([1, 1, 1])],
    ["bool", new Uint8Array([1, 1, 1])],
    ["i4", new Uint8Array([0x11, 0x01])],
    ["string", ["a", "a", "a"]],
  ])("%s is filled with one value", (dtype, data) => {
    expect(randomTensor(dtype, [3], 5)).toEqual({ dtype, shape: [3], data });
  });

  test("complex numbers have two random parts", () => {
    expect(new Set(randomTensor("c64", [4], 0).data).size).toBe(8);
  });
});
