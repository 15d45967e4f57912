import { describe, expect, it } from "vitest";
import { constant } from "../graph/leaves.ts";
import type { DType } from "../tensor/dtype.ts";
import { fromBigints, fromNumbers, numbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { bitCast } from "./bit-cast.ts";
import type { CastAttributes } from "./cast.ts";
import { cast, castTensor } from "./cast.ts";
import { constantOf, evalValue } from "./testing.ts";

const strings = (...data: string[]): Tensor => ({ dtype: "string", shape: [data.length], data });
const floats = (dtype: DType, ...values: number[]): Tensor => fromNumbers(dtype, [values.length], values);

// Expected values by numpy and onnxruntime on x64.
describe("cast of floats to integers", () => {
  const x = [-1.5, -129.7, 300.9, 3e9, -3e9, 1e20, -1e20, Number.NaN, Infinity, -Infinity];
  const least64 = -(2n ** 63n);
  it.each([
    ["i8", [-1, 127, 44, 0, 0, 0, 0, 0, 0, 0]],
    ["u8", [255, 127, 44, 0, 0, 0, 0, 0, 0, 0]],
    ["i16", [-1, -129, 300, 0, 0, 0, 0, 0, 0, 0]],
    ["u16", [65535, 65407, 300, 0, 0, 0, 0, 0, 0, 0]],
    ["i32", [-1, -129, 300, ...new Array<number>(7).fill(-(2 ** 31))]],
  ] as const)("gives what onnxruntime gives for %s", (dtype, expected) => {
    expect(Array.from(numbers(castTensor(floats("f64", ...x), dtype)))).toEqual(expected);
  });
  it("cuts, and gives the least integer for what i64 cannot hold", () => {
    expect(castTensor(floats("f64", ...x), "i64").data).toEqual(
      new BigInt64Array([-1n, -129n, 300n, 3000000000n, -3000000000n, ...new Array<bigint>(5).fill(least64)]),
    );
    expect(castTensor(floats("f64", -1, 1.8e19, 2 ** 63), "u64").data).toEqual(
      new BigUint64Array([2n ** 64n - 1n, 18000000000000000000n, 2n ** 63n]),
    );
    expect(Array.from(numbers(castTensor(floats("f64", -1, 3e9, Number.NaN), "u32")))).toEqual([
      4294967295, 3000000000, 0,
    ]);
  });
});

it("rounds to narrower floats once", () => {
  const x = floats("f64", 1.5, -0.3, 1e6, 65519.9, 65520, 3.3, Number.NaN, -Infinity, 1e-8);
  expect(castTensor(x, "f16").data).toEqual(
    new Uint16Array([15872, 46285, 31744, 31743, 31744, 17050, 32256, 64512, 0]),
  );
  expect(castTensor(x, "bf16").data).toEqual(
    new Uint16Array([16320, 48794, 18804, 18304, 18304, 16467, 32704, 65408, 12844]),
  );
});

// By ml_dtypes and onnx.numpy_helper.saturate_cast.
it.each([
  ["f8e4m3fn", false, [60, 170, 127, 127, 69, 127, 255, 0]],
  ["f8e4m3fn", true, [60, 170, 126, 126, 69, 127, 254, 0]],
  ["f8e5m2", false, [62, 181, 124, 124, 67, 126, 252, 0]],
  ["f8e5m2", true, [62, 181, 123, 123, 67, 126, 251, 0]],
  ["f8e4m3fnuz", false, [68, 178, 128, 128, 77, 128, 128, 0]],
  ["f8e5m2fnuz", true, [66, 185, 127, 127, 71, 128, 255, 0]],
] as const)("casts f32 to %s, saturating: %s", (to, saturate, bits) => {
  const x = floats("f32", 1.5, -0.3, 1e6, 65520, 3.3, Number.NaN, -Infinity, 1e-8);
  expect(castTensor(x, to, { saturate }).data).toEqual(new Uint8Array(bits));
});

it("casts 64-bit integers exactly, wrapping", () => {
  const x = fromBigints("i64", [5], [2n ** 53n + 1n, -(2n ** 63n), 2n ** 62n + 2n ** 38n + 1n, 300n, -1n]);
  const bits = (to: DType, from: Tensor) =>
    Array.from(new Uint32Array((castTensor(from, to).data as Float32Array).buffer));
  expect(bits("f32", x)).toEqual([1509949440, 3741319168, 1585446913, 1133903872, 3212836864]);
  expect(castTensor(x, "f16").data).toEqual(new Uint16Array([31744, 64512, 31744, 23728, 48128]));
  expect(castTensor(x, "i8").data).toEqual(new Int8Array([1, 0, 1, 44, -1]));
  expect(castTensor(x, "u32").data).toEqual(new Uint32Array([1, 0, 1, 300, 4294967295]));
  expect(castTensor(x, "bool").data).toEqual(new Uint8Array([1, 1, 1, 1, 1]));
});

describe("strings", () => {
  // The fewest digits that read back, in the layout of onnxruntime.
  it("formats numbers", () => {
    const x = [
      1,
      2.3456789,
      1e10,
      1e16,
      0.00001,
      0.0001,
      123456790,
      Number.NaN,
      Infinity,
      -Infinity,
      -0,
      0.1,
      16777216,
    ];
    expect(castTensor(floats("f32", ...x), "string").data).toEqual([
      "1",
      "2.3456788",
      "1e+10",
      "1e+16",
      "1e-05",
      "0.0001",
      "1.2345679e+08",
      "NaN",
      "INF",
      "-INF",
      "-0",
      "0.1",
      "16777216",
    ]);
    expect(castTensor(floats("f64", 0.1 + 0.2, 1e17, 123456789), "string").data).toEqual([
      "0.30000000000000004",
      "1e+17",
      "123456789",
    ]);
    expect(castTensor(floats("f16", 0.1, 60000), "string").data).toEqual(["0.1", "60000"]);
    expect(castTensor(fromBigints("i64", [1], [-(2n ** 63n)]), "string").data).toEqual(["-9223372036854775808"]);
    expect(castTensor(floats("bool", 1, 0), "string").data).toEqual(["1", "0"]);
  });
  it("parses numbers", () => {
    const x = strings("1.5", " 2", "1e3", "-.25", "NaN", "INF", "-inf", "+INF");
    expect(Array.from(numbers(castTensor(x, "f32")))).toEqual([
      1.5,
      2,
      1000,
      -0.25,
      Number.NaN,
      Infinity,
      -Infinity,
      Infinity,
    ]);
    expect(castTensor(strings("9007199254740993", "-5"), "i64").data).toEqual(
      new BigInt64Array([9007199254740993n, -5n]),
    );
    expect(castTensor(strings("300", "1.7"), "u8").data).toEqual(new Uint8Array([44, 1]));
  });
  it.each(["abc", "", "0x10", "1_000", "--1"])("refuses %j", (text) => {
    expect(() => castTensor(strings(text), "f32")).toThrow(/is no number, so it cannot be cast to f32/);
  });
});

describe("bitCast", () => {
  it("reads the bits as another dtype of the same width", () => {
    const y = evalValue(bitCast(constantOf("f32", [2], [1, -2]), { to: "i32" }));
    expect(y).toEqual({ dtype: "i32", shape: [2], data: new Int32Array([0x3f800000, -0x40000000]) });
    expect(evalValue(bitCast(constantOf("u8", [3], [0, 1, 7]), { to: "bool" })).data).toEqual(
      new Uint8Array([0, 1, 1]),
    );
  });
  it("reads storage that is not aligned for the new dtype", () => {
    const data = new Float32Array([9, 1, 2]).subarray(1);
    const x = constant({ dtype: "c64", shape: [1], data });
    expect(evalValue(bitCast(x, { to: "i64" })).data).toEqual(new BigInt64Array([0x400000003f800000n]));
  });
  it("refuses another width", () => {
    expect(() => bitCast(constantOf("f32", [], [1]), { to: "i64" })).toThrow(/elements of 32 bits, i64 of 64/);
  });
});

it("refuses to cast complex numbers", () => {
  const x = constant({ dtype: "c64", shape: [], data: new Float32Array(2) });
  expect(() => cast(x, { to: "f32" } satisfies CastAttributes)).toThrow(/complex numbers have no cast/);
});
