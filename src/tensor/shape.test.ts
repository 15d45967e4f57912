import { describe, expect, test } from "vitest";
import { parseDim } from "./dim.ts";
import { LimitError, ShapeError } from "./errors.ts";
import { broadcastShapes, broadcastStrides, checkedElementCount, formatShape, rowMajorStrides } from "./shape.ts";

test("row-major strides", () => {
  expect(rowMajorStrides([2, 3, 4])).toEqual([12, 4, 1]);
  expect(rowMajorStrides([])).toEqual([]);
  expect(rowMajorStrides([2, 0, 4])).toEqual([0, 4, 1]);
});

describe("broadcasting", () => {
  test.each([
    [
      [[2, 3], [3]],
      [2, 3],
    ],
    [
      [
        [2, 1],
        [1, 3],
        [4, 1, 1],
      ],
      [4, 2, 3],
    ],
    [[[], [2]], [2]],
    [
      [
        [0, 1],
        [1, 5],
      ],
      [0, 5],
    ],
    [[], []],
  ])("%j gives %j", (shapes, expected) => {
    expect(broadcastShapes(...shapes)).toEqual(expected);
  });

  test("shapes that do not fit are both named", () => {
    expect(() => broadcastShapes([1, 3], [2, 3], [4, 3])).toThrow(/\[2,3\] and \[4,3\]/);
    expect(() => broadcastShapes([2], [0])).toThrow(ShapeError);
  });

  test("strides are 0 along repeated axes", () => {
    expect(broadcastStrides([3, 1], [2, 3, 4])).toEqual([0, 1, 0]);
    expect(broadcastStrides([2, 3], [2, 3])).toEqual([3, 1]);
    expect(broadcastStrides([], [2, 3])).toEqual([0, 0]);
    expect(() => broadcastStrides([2], [3])).toThrow("Shape [2] does not broadcast to [3].");
    expect(() => broadcastStrides([1, 1], [1])).toThrow(ShapeError);
  });
});

test("shapes print with their expressions", () => {
  expect(formatShape([2, parseDim("T+1") ?? 0, 3])).toBe("[2,T+1,3]");
  expect(formatShape([])).toBe("[]");
});

describe("checkedElementCount", () => {
  test("counts", () => {
    expect(checkedElementCount([2, 3], "x")).toBe(6);
    expect(checkedElementCount([], "x")).toBe(1);
    expect(checkedElementCount([2 ** 40, 0], "x")).toBe(0);
  });

  test.each([[[-1]], [[1.5]], [[Number.NaN]], [[2 ** 53]], [[2 ** 30, 2 ** 30]], [[2 ** 30, 2 ** 30, 0]]])(
    "%j is refused",
    (shape) => {
      expect(() => checkedElementCount(shape, 'Initializer "w"')).toThrow(LimitError);
      expect(() => checkedElementCount(shape, 'Initializer "w"')).toThrow(/^Initializer "w" has shape/);
    },
  );
});
