import { expect, test } from "vitest";
import { conv } from "./conv.ts";
import { cropAndResize } from "./crop-and-resize.ts";
import { deformConv } from "./deform-conv.ts";
import { constantOf, elements, steps } from "./testing.ts";

const x = steps([1, 2, 5, 6]);
const w = steps([4, 1, 2, 2]);
const bias = steps([4]);
const attributes = { strides: [1, 2], pads: [1, 0, 0, 1], group: 2 };

test("deformConv without moves is conv", () => {
  const plain = conv(x, w, bias, attributes);
  const still = constantOf("f32", [1, 16, 5, 3], new Float32Array(16 * 15));
  expect(elements(deformConv(x, w, still, bias, undefined, { ...attributes, offsetGroup: 2 }))).toEqual(
    elements(plain),
  );
});

test("a move by whole elements shifts what is read, a half mixes two, and the mask scales", () => {
  const row = constantOf("f32", [1, 1, 1, 4], [1, 2, 4, 8]);
  const one = constantOf("f32", [1, 1, 1, 1], [1]);
  const moves = (rows: number[], columns: number[]) => constantOf("f32", [1, 2, 1, 4], [...rows, ...columns]);
  const mask = constantOf("f32", [1, 1, 1, 4], [1, 1, 1, -2]);
  const shifted = moves([0, 0, 0, 1], [1, 0.5, 1.25, 0]);
  expect(elements(deformConv(row, one, shifted, undefined, undefined, {}))).toEqual([2, 3, 6, 0]);
  expect(elements(deformConv(row, one, moves([0, 0, 0, -0.5], [0, 0, 0, 0]), undefined, mask, {}))).toEqual([
    1, 2, 4, -8,
  ]);
});

test("offsets of the wrong shape are refused", () => {
  const offset = constantOf("f32", [1, 8, 5, 4], new Float32Array(160));
  expect(() => elements(deformConv(x, w, offset, bias, undefined, attributes))).toThrow(
    /offset must be \[batch, 8, 5, 3\], got \[1, 8, 5, 4\]/,
  );
});

test("cropAndResize of a whole picture is the picture; outside lies the extrapolation value", () => {
  const rois = constantOf("f32", [2, 4], [0, 0, 1, 1, 0, 0.5, 1, 1.5]);
  const crop = cropAndResize(x, rois, constantOf("i32", [2], [0, 0]), [5, 6], { mode: "linear", extrapolation: 7 });
  const values = elements(crop);
  expect(values.slice(0, 60)).toEqual(elements(x));
  // Columns 2.5, 3.5, 4.5 and then beyond the edge.
  const [first] = [elements(x).slice(0, 6)];
  const between = (i: number) => (first![i]! + first![i + 1]!) / 2;
  expect(values.slice(60, 66)).toEqual([between(2), between(3), between(4), 7, 7, 7]);
});
