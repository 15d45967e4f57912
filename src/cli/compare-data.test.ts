import { expect, test } from "vitest";
import type { Datum } from "../tensor/datum.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { compareData } from "./compare-data.ts";

const f32 = (...values: number[]): Tensor => ({
  dtype: "f32",
  shape: [values.length],
  data: Float32Array.from(values),
});
const close = { rtol: 1e-3, atol: 1e-5 };

test("tensors within and beyond the tolerance", () => {
  expect(compareData(f32(1.0005), f32(1), close)).toMatchObject({ ok: true, maxAbs: expect.closeTo(5e-4, 6) });
  expect(compareData(f32(1.0005, 3), f32(1, 2), close)).toMatchObject({
    ok: false,
    maxAbs: 1,
    reason: expect.stringContaining("first at [1]: expected 2, got 3"),
    pair: [f32(1.0005, 3), f32(1, 2)],
  });
});

test.each<[string, Datum, Datum, RegExp]>([
  ["lengths", [f32(1)], [f32(1), f32(2)], /expected a sequence of 2, got one of 1/],
  ["an item", [f32(1), f32(2)], [f32(1), f32(5)], /^\[1\]: 1 of 1 values differ/],
  ["an item within an item", [[f32(2)]], [[f32(5)]], /^\[0\]: \[0\]: 1 of 1/],
  ["an empty optional", null, f32(1), /expected f32\[1\], got an empty optional/],
  ["kinds", [f32(1)], f32(1), /expected f32\[1\], got a sequence of 1/],
  ["keys", new Map([["a", f32(1)]]), new Map([["b", f32(1)]]), /the key a is not expected/],
  ["values of maps", new Map([[1n, f32(1)]]), new Map([[1n, f32(2)]]), /^\[1\]: 1 of 1 values differ/],
])("%s", (_what, actual, expected, reason) => {
  const found = compareData(actual, expected, close);
  expect(found.ok).toBe(false);
  expect(found.reason).toMatch(reason);
});

test("equal structures are equal", () => {
  for (const datum of [null, [], [f32(1), [f32(2)]], new Map([["a", f32(1)]])]) {
    expect(compareData(datum, datum, close)).toEqual({ ok: true, maxAbs: 0, maxRel: 0 });
  }
});

test("random values are compared by type alone", () => {
  expect(compareData(f32(1, 2), f32(8, 9), "types only").ok).toBe(true);
  expect(compareData([f32(1, 2)], [f32(8)], "types only").reason).toBe("[0]: expected f32[1], got f32[2]");
});
