import { expect, test } from "vitest";
import { readInputText } from "./input-text.ts";

test.each([
  ["a.npy", { kind: "npy", path: "a.npy" }],
  ["C:\\data\\A.NPY", { kind: "npy", path: "C:\\data\\A.NPY" }],
  ["@cat.png", { kind: "picture", path: "cat.png" }],
  ["1,3,224,224", { kind: "made", shape: [1, 3, 224, 224], dtype: undefined }],
  ["7", { kind: "made", shape: [7], dtype: undefined }],
  ["f16[2,3]", { kind: "made", shape: [2, 3], dtype: "f16" }],
  ["f32[]", { kind: "made", shape: [], dtype: "f32" }],
])("%s", (text, expected) => {
  expect(readInputText("x", text)).toEqual(expected);
});

test.each([
  ["i64:16000", "i64", [], BigInt64Array.of(16000n)],
  ["i64[2,3]:1,2,3,4,5,-6", "i64", [2, 3], BigInt64Array.of(1n, 2n, 3n, 4n, 5n, -6n)],
  ["i64:1,2", "i64", [2], BigInt64Array.of(1n, 2n)],
  ["i64:9223372036854775807", "i64", [], BigInt64Array.of(2n ** 63n - 1n)],
  ["u64:18446744073709551615", "u64", [], BigUint64Array.of(2n ** 64n - 1n)],
  ["u8[2]:0,255", "u8", [2], Uint8Array.of(0, 255)],
  ["i4[3]:-8,7,1", "i4", [3], Uint8Array.of(0x78, 0x01)],
  ["f32[3]:0.5,-1e3,nan", "f32", [3], Float32Array.of(0.5, -1000, Number.NaN)],
  ["f32[2]:inf,-inf", "f32", [2], Float32Array.of(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)],
  ["f16:1", "f16", [], Uint16Array.of(0x3c00)],
  ["bool[4]:true,0,false,1", "bool", [4], Uint8Array.of(1, 0, 0, 1)],
  ["string[2]:good,day", "string", [2], ["good", "day"]],
  ["string:a:b", "string", [], ["a:b"]],
  ["f32[0]:", "f32", [0], new Float32Array(0)],
])("%s", (text, dtype, shape, data) => {
  expect(readInputText("x", text)).toEqual({ kind: "tensor", tensor: { dtype, shape, data } });
});

test.each([
  ["picture.png", /not a value of a known form; expected FILE.npy, @picture.png/],
  ["", /not a value of a known form/],
  ["int64[2]:1,2", /"int64" is no dtype. Did you mean i64\?/],
  ["i64[2]:1", /i64\[2\] needs 2 values, got 1/],
  ["u8:256", /"256" is not a value of dtype u8/],
  ["i4:8", /"8" is not a value of dtype i4/],
  ["i64:1.5", /"1.5" is not a value of dtype i64/],
  ["f32:one", /"one" is not a value of dtype f32/],
  ["f32[2]:1,", /"" is not a value of dtype f32/],
  ["bool:2", /"2" is not a value of dtype bool/],
  ["c64:1", /c64 values cannot be written out/],
  ["f32[2,,3]:1", /\[2,,3\] is no shape/],
])("%s is refused", (text, message) => {
  expect(() => readInputText("x", text)).toThrow(message);
  expect(() => readInputText("x", text)).toThrow(/--input x/);
});
