import { expect, test } from "vitest";
import { tensorType } from "../graph/type.ts";
import { symbol } from "../tensor/dim.ts";
import type { Picture } from "./picture.ts";
import { pictureTensor } from "./picture-tensor.ts";

const [n, h, w] = [symbol("n"), symbol("h"), symbol("w")];
/** Two pixels: (255, 0, 51) and (0, 255, 102). */
const rgb: Picture = { width: 2, height: 1, channels: 3, samples: Uint8Array.of(255, 0, 51, 0, 255, 102), white: 255 };
const rgba: Picture = { ...rgb, channels: 4, samples: Uint8Array.of(255, 0, 51, 9, 0, 255, 102, 9) };
const greyBits: Picture = { width: 2, height: 1, channels: 1, samples: Uint8Array.of(0, 1), white: 1 };

test.each([rgb, rgba])("colours, channels first and last, alpha left out", (picture) => {
  const first = pictureTensor("x", tensorType("f32", [n, 3, h, w]), picture);
  expect(first).toEqual({ dtype: "f32", shape: [1, 3, 1, 2], data: Float32Array.of(1, 0, 0, 1, 0.2, 0.4) });
  const last = pictureTensor("x", tensorType("f32", [1, h, w, 3]), picture);
  expect(last).toEqual({ dtype: "f32", shape: [1, 1, 2, 3], data: Float32Array.of(1, 0, 0.2, 0, 1, 0.4) });
  const bytes = pictureTensor("x", tensorType("u8", [h, w, 3]), picture);
  expect(bytes).toEqual({ dtype: "u8", shape: [1, 2, 3], data: Uint8Array.of(255, 0, 51, 0, 255, 102) });
});

test("one channel is luma", () => {
  const { shape, data } = pictureTensor("x", tensorType("f32", [n, 1, h, w]), rgb);
  expect(shape).toEqual([1, 1, 1, 2]);
  expect([...(data as Float32Array)]).toEqual([Math.fround(0.299 + 0.114 * 0.2), Math.fround(0.587 + 0.114 * 0.4)]);
});

test("grey fills all channels, and few bits reach full white", () => {
  expect(pictureTensor("x", tensorType("u8", [3, h, w]), greyBits).data).toEqual(Uint8Array.of(0, 255, 0, 255, 0, 255));
  expect(pictureTensor("x", tensorType("f16", [1, h, w]), greyBits).data).toEqual(Uint16Array.of(0, 0x3c00));
});

test("a size that differs is refused, nothing is resized", () => {
  expect(() => pictureTensor("x", tensorType("f32", [1, 3, 2, 2]), rgb)).toThrow(
    'Input "x" is f32[1,3,2,2], the picture is [1,3,1,2]. Nothing is resized here: scale the picture first.',
  );
  expect(() => pictureTensor("x", tensorType("f32", [2, 3, h, w]), rgb)).toThrow(/the picture is \[1,3,1,2\]/);
});

test("inputs that take no picture say what would", () => {
  expect(() => pictureTensor("x", tensorType("f32", [3]), rgb)).toThrow(/a picture fits \[N,C,H,W\]/);
  expect(() => pictureTensor("x", tensorType("f32", [1, 4, h, w]), rgb)).toThrow(/with C = 1 or 3/);
  expect(() => pictureTensor("x", tensorType("i64", [1, 3, h, w]), rgb)).toThrow(/a picture fits floats and u8/);
});
