import { expect, test } from "vitest";
import { input } from "../graph/leaves.ts";
import { formatType, tensorType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import { symbol } from "../tensor/dim.ts";
import { averagePool } from "./average-pool.ts";
import { lpPool } from "./lp-pool.ts";
import { maskedMaxPool } from "./masked-max-pool.ts";
import { maxPool } from "./max-pool.ts";
import { maxPoolIndices } from "./max-pool-indices.ts";
import { maxRoiPool } from "./max-roi-pool.ts";
import { maxUnpool } from "./max-unpool.ts";
import { roiAlign } from "./roi-align.ts";
import { constantOf, elements, steps } from "./testing.ts";

/** The expected values are those of onnxruntime 1.23. */
const expectElements = (value: Value, expected: readonly number[]): void => {
  const actual = elements(value);
  expect(actual.length).toBe(expected.length);
  actual.forEach((element, i) => {
    expect(element, `element ${i}`).toBeCloseTo(expected[i]!, 5);
  });
};
const x = steps([1, 1, 5, 6]);

test("maxPool and its indices: ceil mode, dilations, column-major indices, automatic padding", () => {
  const ceil = { kernel: [3], strides: [3], pads: [1, 0], ceilMode: true };
  expectElements(maxPool(steps([1, 2, 7]), ceil), [1, 2.5, 2, 0, 1.5, 1]);
  expectElements(maxPoolIndices(steps([1, 2, 7]), ceil), [1, 3, 6, 7, 9, 12]);
  const dilated = { kernel: [2, 3], strides: [2, 1], dilations: [2, 2], pads: [1, 1, 0, 1] };
  expectElements(maxPool(x, dilated), [1.5, 2, 1.5, -0.5, 1.5, 2, 1.5, 1.5]);
  expectElements(maxPoolIndices(x, { ...dilated, isColumnMajor: true }), [16, 1, 16, 21, 16, 1, 16, 13]);
  const same = { kernel: [2, 3], strides: [2, 2], autoPad: "sameLower" } as const;
  expectElements(maxPool(x, same), [1, 2.5, 2.5, 2, 2.5, 2, 2.5, 2.5, 2]);
  expectElements(maxPoolIndices(x, same), [1, 3, 3, 6, 14, 17, 25, 25, 28]);
});

test("maxPool of integers and of NaN", () => {
  const bytes = maxPool(constantOf("i8", [1, 1, 3], [-100, -128, -90]), { kernel: [2], pads: [1, 1] });
  expect(formatType(bytes.type)).toBe("i8[1,1,4]");
  expect(elements(bytes)).toEqual([-100, -100, -90, -90]);
  expect(elements(maxPool(constantOf("f32", [1, 1, 4], [1, Number.NaN, 3, 2]), { kernel: [2] }))).toEqual([
    Number.NaN,
    Number.NaN,
    3,
  ]);
});

test("averagePool counts padding or not, but never what ceil mode adds", () => {
  const padded = { kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] };
  expectElements(
    averagePool(x, { ...padded, countIncludePad: true }),
    [0.05555556, 0.2222222, 0, 0, 0.05555556, -0.2777778, -0.05555556, 0.05555556, -0.1666667],
  );
  const ceil = { kernel: [2, 3], strides: [2, 2], pads: [0, 1, 0, 0], ceilMode: true };
  expectElements(averagePool(x, ceil), [0.125, 0.3333333, 0, -0.5, 0.1666667, -0.1666667, 0.75, 0.5, 0.1666667]);
  expectElements(
    averagePool(steps([1, 1, 3, 3, 3]), { kernel: [2, 2, 2] }),
    [0.3125, -0.3125, 0.5, -0.125, -0.5, -0.4375, -0.3125, 0.4375],
  );
  // The last window covers 2 elements and 1 beyond the end.
  const beyond = { kernel: [3], strides: [2], ceilMode: true, countIncludePad: true };
  expect(elements(averagePool(constantOf("f32", [1, 1, 4], [1, 2, 3, 6]), beyond))).toEqual([2, 4.5]);
});

test("lpPool", () => {
  expectElements(
    lpPool(x, { kernel: [2, 2], strides: [2, 2], p: 3 }),
    [2.909324, 3.036589, 2.680054, 2.154435, 2.680054, 3.036589],
  );
});

test("maxUnpool puts elements back and fills with zeros", () => {
  const indices = constantOf("i64", [1, 1, 2, 2], [5, 7, 13, 15]);
  const pooled = constantOf("f32", [1, 1, 2, 2], [1, 2, 3, 4]);
  const attributes = { kernel: [2, 2], strides: [2, 2] };
  expect(elements(maxUnpool(pooled, indices, undefined, attributes))).toEqual([
    0, 0, 0, 0, 0, 1, 0, 2, 0, 0, 0, 0, 0, 3, 0, 4,
  ]);
  const wider = maxUnpool(pooled, indices, [1, 1, 4, 5], attributes);
  expect(elements(wider)).toEqual([0, 0, 0, 0, 0, 0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 4, 0]);
  const few = maxUnpool(pooled, constantOf("i64", [1, 1, 1, 2], [5, 7]), undefined, attributes);
  expect(() => elements(few)).toThrow(/indices must have one element for each of x \[1, 1, 2, 2\], got \[1, 1, 1, 2\]/);
  const astray = maxUnpool(pooled, constantOf("i64", [1, 1, 2, 2], [5, 7, 13, 16]), undefined, attributes);
  expect(() => elements(astray)).toThrow(/indices hold 16, outside the 16 elements/);
});

test("pools of regions", () => {
  const rois = constantOf("f32", [2, 4], [1, 1, 4, 4, 0, 0.5, 5.5, 2]);
  const size = { outputHeight: 2, outputWidth: 2 };
  const aligned = { ...size, mode: "average", samplingRatio: 2, spatialScale: 1, halfPixel: true } as const;
  expectElements(
    roiAlign(x, rois, constantOf("i64", [2], [0, 0]), aligned),
    [-0.234375, 0.5683594, -0.3164062, 0.2714844, -0.5214844, 0.703125, 0.296875, 0.1142578],
  );
  const corners = constantOf("f32", [2, 5], [0, 0, 1, 5, 4, 0, 2, 2, 3, 2]);
  expectElements(maxRoiPool(x, corners, { ...size, spatialScale: 0.9 }), [2.5, 2, 2.5, 2, 2.5, 0.5, 2.5, 0.5]);
  const wrong = roiAlign(x, rois, constantOf("i64", [2], [0, 1]), aligned);
  expect(() => elements(wrong)).toThrow(/batchIndices\[1\] is 1, but x has 1 pictures/);
});

test("symbolic sizes, in ceil mode too", () => {
  const value = input("x", tensorType("f32", [1, 4, symbol("H"), symbol("W")]));
  const strided = { kernel: [3, 3], strides: [2, 2] };
  expect(formatType(maxPool(value, { ...strided, pads: [1, 1, 1, 1] }).type)).toBe(
    "f32[1,4,floor((H+1)/2),floor((W+1)/2)]",
  );
  expect(formatType(averagePool(value, { ...strided, autoPad: "sameUpper" }).type)).toBe(
    "f32[1,4,floor((H+1)/2),floor((W+1)/2)]",
  );
  const ceil = maxPool(value, { ...strided, ceilMode: true }).type;
  const numbers = [3, 4, 5, 6, 7, 8].map(
    (size) => maxPool(steps([1, 4, size, size]), { ...strided, ceilMode: true }).type,
  );
  expect(numbers.map(formatType)).toEqual([1, 2, 2, 3, 3, 4].map((size) => `f32[1,4,${size},${size}]`));
  expect(formatType(ceil)).not.toContain("?");
  expect(() => maxPool(value, { kernel: [3] })).toThrow(/x must have rank 3 for a kernel of \[3\]/);
});

test("windows and paddings that cannot be meant are refused, not attempted", () => {
  const huge = 2 ** 31;
  expect(() => elements(maxPool(x, { kernel: [huge, 1], pads: [huge, 0, huge, 0], strides: [huge, 1] }))).toThrow(
    /has more than/,
  );
  expect(() => elements(maxPool(x, { kernel: [1, 1], pads: [huge, 0, 0, 0], strides: [huge, 1] }))).toThrow(
    /have more than 33555\d+ elements/,
  );
  expect(() => elements(maxPool(x, { kernel: [7, 1] }))).toThrow(/window covers 7 elements but the padded input has 5/);
});

test("maskedMaxPool ends each row of a window where the mask is 0, except at the first element of a plane", () => {
  const plane = constantOf("f32", [1, 1, 2, 4], [1, 2, 3, 4, 8, 7, 6, 5]);
  const mask = constantOf("i32", [1, 1, 2, 4], [0, 1, 1, 0, 1, 0, 1, 1]);
  expect(elements(maskedMaxPool(plane, mask, { kernel: [2, 2] }))).toEqual([8, 3, 6]);
  const none = constantOf("i32", [1, 1, 2, 4], [0, 0, 0, 0, 0, 0, 0, 0]);
  expect(elements(maskedMaxPool(plane, none, { kernel: [1, 4] }))).toEqual([1, -3.4028234663852886e38]);
  expect(() => maskedMaxPool(plane, constantOf("i32", [2, 4], [0, 0, 0, 0, 0, 0, 0, 0]), { kernel: [2, 2] })).toThrow(
    "mask must be integers of the rank of x",
  );
});
