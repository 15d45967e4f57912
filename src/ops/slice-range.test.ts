import { expect, test } from "vitest";
import type { Dim } from "../tensor/dim.ts";
import { addDims, bindDim, mulDims, symbol } from "../tensor/dim.ts";
import { sliceLength, sliceRange } from "./slice-range.ts";

const bounds = [-1e15, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 1e15];
const indices = (start: number, end: number, step: number, length: number): number[] => {
  const { first, count } = sliceRange(start, end, step, length);
  return Array.from({ length: count }, (_unused, i) => first + i * step);
};

test("forward slices take what Array.prototype.slice takes, every step-th of it", () => {
  for (let length = 0; length < 6; length++) {
    const all = Array.from({ length }, (_unused, i) => i);
    for (const start of bounds) {
      for (const end of bounds) {
        for (const step of [1, 2, 3]) {
          const expected = all.slice(start, end).filter((_index, i) => i % step === 0);
          expect(indices(start, end, step, length), `${start}:${end}:${step} of ${length}`).toEqual(expected);
        }
      }
    }
  }
});

test("backward slices walk from the clamped start down to the end", () => {
  // list(range(5))[a:b:c] in Python
  expect(indices(-1, -1e15, -1, 5)).toEqual([4, 3, 2, 1, 0]);
  expect(indices(3, 0, -2, 5)).toEqual([3, 1]);
  expect(indices(100, -4, -1, 5)).toEqual([4, 3, 2]);
  expect(indices(1, 3, -1, 5)).toEqual([]);
  expect(indices(-1, -1e15, -1, 0)).toEqual([]);
  // The ONNX text clamps a start before the first entry to it, where Python takes nothing.
  expect(indices(-100, -200, -1, 5)).toEqual([0]);
  expect(() => indices(0, 1, 0, 5)).toThrow("steps must not be 0");
});

test("lengths over symbolic axes agree with the counted ones at every size", () => {
  const T = symbol("T");
  const lengths: Dim[] = [T, mulDims(T, 2), addDims(T, 3), 4];
  const symbolic: Dim[] = [T, addDims(T, -1), addDims(T, -2), mulDims(T, -1), addDims(mulDims(T, -1), -1)];
  let decided = 0;
  for (const length of lengths) {
    for (const start of [...bounds, ...symbolic]) {
      for (const end of [...bounds, ...symbolic]) {
        for (const step of [1, 2, -1, -3]) decided += agreesAtEverySize(start, end, step, length) ? 1 : 0;
      }
    }
  }
  expect(decided).toBeGreaterThan(4000);
});

function agreesAtEverySize(start: Dim, end: Dim, step: number, length: Dim): boolean {
  const found = sliceLength(start, end, step, length);
  let isDecided = false;
  for (let size = 0; size < 9; size++) {
    const at = (dim: Dim) => bindDim(dim, new Map([["T", size]]));
    const bound = at(found);
    if (bound === undefined) continue;
    isDecided = true;
    const expected = sliceRange(at(start)!, at(end)!, step, at(length)!).count;
    if (bound !== expected)
      throw new Error(`${JSON.stringify([start, end, length])} step ${step}, T = ${size}: ${bound}, not ${expected}`);
  }
  return isDecided;
}
