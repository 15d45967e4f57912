import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { Tensor } from "../tensor/tensor.ts";
import { summarize, tensorsIn } from "./summarize.ts";

const summaryOf = (tensor: Tensor) => summarize("y", "tensor", tensor)[0];
const sha256 = (bytes: Uint8Array | string) => createHash("sha256").update(bytes).digest("hex");

test("floats", () => {
  const data = Float32Array.from({ length: 10 }, (_unused, i) => i - 2.5);
  expect(summaryOf({ dtype: "f32", shape: [2, 5], data })).toEqual({
    name: "y",
    dtype: "f32",
    shape: [2, 5],
    sha256: sha256(new Uint8Array(data.buffer)),
    first: [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5, 4.5],
    min: -2.5,
    max: 6.5,
    mean: 2,
  });
});

test("the hash is of the little-endian bytes of the tensor alone", () => {
  const data = Float32Array.of(9, 1, 2, 9).subarray(1, 3);
  // hashlib.sha256(np.array([1, 2], "<f4").tobytes()).hexdigest()
  const expected = "b9c80b5adeca450753a16950c3cc655d271f7bef7a485bc83f112b72fef21d37";
  expect(summaryOf({ dtype: "f32", shape: [2], data })?.sha256).toBe(expected);
});

test("NaN and infinities are told as texts", () => {
  const data = Float32Array.of(1, Number.NaN, Number.NEGATIVE_INFINITY);
  expect(summaryOf({ dtype: "f32", shape: [3], data })).toMatchObject({
    first: [1, "NaN", "-Infinity"],
    min: "NaN",
    max: "NaN",
    mean: "NaN",
  });
});

test("64-bit integers keep every digit", () => {
  const data = BigInt64Array.of(2n ** 53n - 1n, -(2n ** 53n) - 1n, 3n);
  expect(summaryOf({ dtype: "i64", shape: [3], data })).toMatchObject({
    first: [2 ** 53 - 1, "-9007199254740993", 3],
    max: 2 ** 53 - 1,
  });
});

test("bools, strings, complex numbers, packed integers, nothing at all", () => {
  expect(summaryOf({ dtype: "bool", shape: [2], data: Uint8Array.of(1, 0) })).toMatchObject({
    first: [true, false],
    min: 0,
    max: 1,
    mean: 0.5,
  });
  expect(summaryOf({ dtype: "string", shape: [2], data: ["é", ""] })).toMatchObject({
    first: ["é", ""],
    min: null,
    mean: null,
    sha256: sha256("é\0\0"),
  });
  const pair = summaryOf({ dtype: "c64", shape: [1], data: Float32Array.of(1, -2) });
  expect(pair).toMatchObject({ first: [[1, -2]], min: null });
  expect(summaryOf({ dtype: "i4", shape: [3], data: Uint8Array.of(0x78, 0x01) })).toMatchObject({
    first: [-8, 7, 1],
    min: -8,
    max: 7,
    mean: 0,
  });
  expect(summaryOf({ dtype: "f32", shape: [0, 3], data: new Float32Array(0) })).toMatchObject({
    first: [],
    min: null,
    sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  });
});

test("sequences, optionals and maps are taken apart", () => {
  const one: Tensor = { dtype: "u8", shape: [1], data: Uint8Array.of(1) };
  expect(tensorsIn("y", [one, [one]]).map(([name]) => name)).toEqual(["y[0]", "y[1][0]"]);
  expect(tensorsIn("y", new Map([["key", one]])).map(([name]) => name)).toEqual(["y[key]"]);
  expect(summarize("y", "sequence", [])).toMatchObject([{ name: "y", dtype: "sequence", shape: [0], first: [] }]);
  expect(summarize("y", "optional", null)).toMatchObject([{ name: "y", dtype: "optional", shape: [0], min: null }]);
});
