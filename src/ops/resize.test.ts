import { describe, expect, test } from "vitest";
import { input } from "../graph/leaves.ts";
import { formatType, tensorType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import { symbol } from "../tensor/dim.ts";
import { affineGrid } from "./affine-grid.ts";
import { gridSample } from "./grid-sample.ts";
import { resize } from "./resize.ts";
import { constantOf, elements, steps } from "./testing.ts";

/** The expected values are those of onnxruntime 1.23. */
const expectElements = (value: Value, expected: readonly number[]): void => {
  const actual = elements(value);
  expect(actual.length).toBe(expected.length);
  actual.forEach((element, i) => {
    expect(element, `element ${i}`).toBeCloseTo(expected[i]!, 5);
  });
};
const x = steps([1, 1, 3, 4]);

const bySizes = [
  ["nearest", "halfPixel", [-2.5, 1, 2.5, 0.5, -1.5, 0, 0.5, -1.5, 0, -2, 1.5, -2.5]],
  [
    "linear",
    "halfPixel",
    [
      -1.916667, 0, 1.916666, -0.6145834, 0.15625, 0.9270833, -0.4270834, 0.34375, -0.6041665, -1.416667, 0.5,
      -2.166667,
    ],
  ],
  [
    "cubic",
    "halfPixel",
    [
      -2.114784, -0.01794434, 2.078895, -0.432556, 0.07579803, 1.214976, -0.1974485, 0.55336, -0.7649337, -1.578895,
      1.07058, -2.433983,
    ],
  ],
  [
    "linear",
    "pytorchHalfPixel",
    [
      -1.916667, 0, 1.916666, -0.6145834, 0.15625, 0.9270833, -0.4270834, 0.34375, -0.6041665, -1.416667, 0.5,
      -2.166667,
    ],
  ],
  ["nearest", "alignCorners", [-2.5, 1, 2.5, 0.5, -1.5, 0, 0.5, -1.5, 0, -2, 1.5, -2.5]],
  [
    "linear",
    "alignCorners",
    [-2.5, 0, 2.5, -0.4999999, 0.1666667, 0.8333333, -0.3333334, 0.3333333, -0.8333334, -2, 0.5, -2.5],
  ],
  [
    "cubic",
    "alignCorners",
    [-2.5, 0, 2.5, -0.1666677, 0.0862268, 1.064816, 0.04629678, 0.5188076, -1.064814, -2, 1.015625, -2.5],
  ],
  ["nearest", "asymmetric", [-2.5, 1, -1, -2.5, 1, -1, 0.5, -1.5, 2, -2, 1.5, -0.5]],
  [
    "linear",
    "asymmetric",
    [-2.5, 0.3333333, 1.333334, -0.25, -0.1666666, 0.8333333, -0.75, 0.25, -0.5833335, -2, 0.8333333, -1.833333],
  ],
  [
    "cubic",
    "asymmetric",
    [
      -2.5, 0.5648142, 1.287038, 0.08398438, -0.4641566, 1.224862, -0.46875, 0.3298616, -0.6221067, -2.263672, 1.568613,
      -2.277379,
    ],
  ],
] as const;

describe("resize", () => {
  test.each(bySizes)("%s, %s", (mode, coordinates, expected) => {
    const rounding = coordinates === "asymmetric" ? "floor" : "preferFloor";
    expectElements(resize(x, undefined, [1, 1, 4, 3], undefined, { mode, coordinates, rounding }), expected);
  });

  test("by scales, with what lies outside left out", () => {
    const scales = constantOf("f32", [4], [1, 1, 1.5, 0.6]);
    const y = resize(x, scales, undefined, undefined, {
      mode: "cubic",
      coordinates: "halfPixel",
      excludeOutside: true,
    });
    expectElements(y, [-1.526576, -1.304054, -0.8178564, 0.5857143, -0.2475437, 1.860637, -0.8016592, -0.1219382]);
  });

  test("a region, extrapolated", () => {
    const region = constantOf("f32", [8], [0, 0, 0.2, -0.1, 1, 1, 0.9, 1.2]);
    const attributes = { mode: "linear", coordinates: "cropAndResize", extrapolation: 9 } as const;
    expectElements(
      resize(x, undefined, [1, 1, 2, 5], region, attributes),
      [9, -0.4225, 0.13, 1.0125, 9, 9, 0.12, 0.315, -1.25, 9],
    );
  });

  test("nearest moves elements of any dtype; integers are rounded", () => {
    const nearest = { mode: "nearest", coordinates: "asymmetric", rounding: "floor", axes: [1] } as const;
    expect(elements(resize(constantOf("i64", [1, 2], [1, 2]), undefined, [4], undefined, nearest))).toEqual([
      1, 1, 2, 2,
    ]);
    const linear = { mode: "linear", coordinates: "alignCorners", axes: [0] } as const;
    expect(elements(resize(constantOf("u8", [2], [0, 3]), undefined, [3], undefined, linear))).toEqual([0, 2, 3]);
  });

  test("proportions kept", () => {
    const keep = (keepAspectRatio: "notLarger" | "notSmaller") =>
      formatType(
        resize(x, undefined, [8, 6], undefined, {
          mode: "linear",
          coordinates: "halfPixel",
          axes: [2, 3],
          keepAspectRatio,
        }).type,
      );
    expect([keep("notLarger"), keep("notSmaller")]).toEqual(["f32[1,1,5,6]", "f32[1,1,8,11]"]);
  });

  test("symbolic sizes: plain fractions flow, others are unknown", () => {
    const value = input("x", tensorType("f32", [1, 3, symbol("H"), symbol("W")]));
    const typeOf = (scales: readonly number[]) =>
      formatType(
        resize(value, constantOf("f32", [4], scales), undefined, undefined, {
          mode: "nearest",
          coordinates: "asymmetric",
        }).type,
      );
    expect(typeOf([1, 1, 2, 0.6])).toBe("f32[1,3,2*H,floor(3*W/5)]");
    expect(typeOf([1, 1, 1, 1.7320508])).toBe("f32[1,3,H,?]");
    const sized = resize(value, undefined, [1, 3, 7, symbol("V")], undefined, {
      mode: "linear",
      coordinates: "halfPixel",
    });
    expect(formatType(sized.type)).toBe("f32[1,3,7,V]");
    expect(() => resize(value, undefined, [2, 2], undefined, { mode: "linear", coordinates: "halfPixel" })).toThrow(
      /sizes must have 4 elements/,
    );
  });
});

const points = constantOf("f32", [1, 2, 3, 2], [-1.3, -0.9, -0.5, 0.2, 0, 0, 0.7, 1.4, 1, 1, 0.33, -0.77]);
const byGrid = [
  ["nearest", "zeros", false, [0, 0.5, 2, 0, 0, -1]],
  ["nearest", "border", true, [-2.5, -1.5, 2, -2.5, -2.5, -1]],
  ["nearest", "reflection", false, [-2.5, 0.5, 2, -2.5, -2.5, -1]],
  ["linear", "zeros", false, [0, -0.425, 0.25, 0, -0.625, -0.3717997]],
  ["linear", "border", true, [-2.2, -0.675, 0.25, -1.6, -2.5, -0.306325]],
  ["linear", "reflection", false, [-2.15, -0.425, 0.25, -2.05, -2.5, -0.4399997]],
  ["cubic", "zeros", false, [0.1215223, -0.6431212, 0.25, 0.1519586, -0.8359375, -0.7847716]],
  ["cubic", "border", true, [-2.54462, -1.181296, 0.25, -2.099056, -2.5, -0.3114625]],
  ["cubic", "reflection", false, [-2.628089, -0.6438009, 0.25, -2.155038, -3.34375, -0.9556529]],
] as const;

test.each(byGrid)("gridSample: %s, %s, corners aligned: %s", (mode, padding, alignCorners, expected) => {
  expectElements(gridSample(x, points, { mode, padding, alignCorners }), expected);
});

test("affineGrid of the identity reads the picture itself, in two and three axes", () => {
  for (const alignCorners of [true, false]) {
    const plane = affineGrid(constantOf("f32", [1, 2, 3], [1, 0, 0, 0, 1, 0]), [1, 1, 3, 4], { alignCorners });
    expectElements(gridSample(x, plane, { mode: "linear", padding: "zeros", alignCorners }), elements(x));
    const block = steps([1, 1, 2, 3, 4]);
    const identity = constantOf("f32", [1, 3, 4], [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]);
    const space = affineGrid(identity, [1, 1, 2, 3, 4], { alignCorners });
    expect(formatType(space.type)).toBe("f32[1,2,3,4,3]");
    expectElements(gridSample(block, space, { mode: "linear", padding: "border", alignCorners }), elements(block));
  }
});
