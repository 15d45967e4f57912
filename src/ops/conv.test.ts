import { describe, expect, test } from "vitest";
import { input } from "../graph/leaves.ts";
import { formatType, tensorType } from "../graph/type.ts";
import { symbol } from "../tensor/dim.ts";
import { rowMajorStrides } from "../tensor/shape.ts";
import { elementCount } from "../tensor/tensor.ts";
import { conv } from "./conv.ts";
import { convInteger } from "./conv-integer.ts";
import { convTranspose } from "./conv-transpose.ts";
import { constantOf, elements, seededIntegers } from "./testing.ts";

const seed = 7411;

/** The index along each axis of element `at` of a row-major block. */
const indexOf = (at: number, shape: readonly number[]): number[] =>
  rowMajorStrides(shape).map((stride, axis) => Math.floor(at / stride) % shape[axis]!);
const offsetOf = (index: readonly number[], shape: readonly number[]): number =>
  rowMajorStrides(shape).reduce((sum, stride, axis) => sum + stride * index[axis]!, 0);

/** A random problem on small integers, so that every sum is exact. */
function problem(next: ReturnType<typeof seededIntegers>, rank: number) {
  const list = (least: number, most: number, count = rank) => Array.from({ length: count }, () => next(least, most));
  const [group, depth, outputs, batch] = [next(1, 3), next(1, 3), next(1, 5), next(1, 2)];
  const [strides, dilations, kernel, spatial, pads] = [
    list(1, 3),
    list(1, 2),
    list(1, 3),
    list(5, 9),
    list(0, 2, 2 * rank),
  ];
  return { group, depth, outputs, batch, strides, dilations, kernel, spatial, pads };
}
const integers = (next: ReturnType<typeof seededIntegers>, shape: readonly number[], least: number, most: number) =>
  Array.from({ length: elementCount(shape) }, () => next(least, most));

/** The sum over channels and taps, written as the formula says. */
function convByDefinition(
  p: ReturnType<typeof problem>,
  x: readonly number[],
  w: readonly number[],
  out: readonly number[],
): number[] {
  const [xShape, wShape] = [
    [p.batch, p.depth * p.group, ...p.spatial],
    [p.outputs * p.group, p.depth, ...p.kernel],
  ];
  return Array.from({ length: elementCount(out) }, (_unused, at) => {
    const [n, o, ...place] = indexOf(at, out) as [number, number, ...number[]];
    let sum = 0;
    for (let k = 0; k < elementCount(wShape.slice(1)); k++) {
      const [c, ...tap] = indexOf(k, wShape.slice(1)) as [number, ...number[]];
      const from = place.map((q, axis) => q * p.strides[axis]! + tap[axis]! * p.dilations[axis]! - p.pads[axis]!);
      if (from.some((i, axis) => i < 0 || i >= p.spatial[axis]!)) continue;
      const channel = Math.floor(o / p.outputs) * p.depth + c;
      sum += w[offsetOf([o, c, ...tap], wShape)]! * x[offsetOf([n, channel, ...from], xShape)]!;
    }
    return sum;
  });
}

describe(`convolutions equal their definition (seed ${seed})`, () => {
  const next = seededIntegers(seed);

  test.each([1, 2, 3])("conv and convInteger over %i spatial axes", (rank) => {
    for (let round = 0; round < 12; round++) {
      const p = problem(next, rank);
      const [xShape, wShape] = [
        [p.batch, p.depth * p.group, ...p.spatial],
        [p.outputs * p.group, p.depth, ...p.kernel],
      ];
      const out = [p.batch, p.outputs * p.group];
      p.spatial.forEach((size, axis) => {
        const room = size + p.pads[axis]! + p.pads[axis + rank]! - (p.kernel[axis]! - 1) * p.dilations[axis]! - 1;
        out.push(Math.floor(room / p.strides[axis]!) + 1);
      });
      const [x, w] = [integers(next, xShape, 0, 9), integers(next, wShape, -4, 4)];
      const attributes = { strides: p.strides, dilations: p.dilations, pads: p.pads, group: p.group };
      const y = conv(constantOf("f32", xShape, x), constantOf("f32", wShape, w), undefined, attributes);
      expect(formatType(y.type)).toBe(`f32[${out}]`);
      expect(elements(y), JSON.stringify(p)).toEqual(convByDefinition(p, x, w, out));
      const zeroPoints = [3, -2] as const;
      const q = convInteger(
        constantOf(
          "u8",
          xShape,
          x.map((value) => value + zeroPoints[0]),
        ),
        constantOf(
          "i8",
          wShape,
          w.map((value) => value + zeroPoints[1]),
        ),
        constantOf("u8", [], [zeroPoints[0]]),
        constantOf("i8", [wShape[0]!], new Array(wShape[0]).fill(zeroPoints[1])),
        attributes,
      );
      expect(elements(q), JSON.stringify(p)).toEqual(elements(y));
    }
  });

  test.each([1, 2, 3])("convTranspose over %i spatial axes", (rank) => {
    for (let round = 0; round < 6; round++) {
      const p = problem(next, rank);
      const [xShape, wShape] = [
        [p.batch, p.depth * p.group, ...p.spatial],
        [p.depth * p.group, p.outputs, ...p.kernel],
      ];
      const outputPadding = p.strides.map((stride) => next(0, stride - 1));
      const full = p.spatial.map((size, axis) => {
        return (size - 1) * p.strides[axis]! + (p.kernel[axis]! - 1) * p.dilations[axis]! + 1 + outputPadding[axis]!;
      });
      const out = [
        p.batch,
        p.outputs * p.group,
        ...full.map((size, axis) => size - p.pads[axis]! - p.pads[axis + rank]!),
      ];
      if (out.some((size) => size < 1)) continue;
      const [x, w, bias] = [
        integers(next, xShape, -9, 9),
        integers(next, wShape, -4, 4),
        integers(next, [out[1]!], -9, 9),
      ];
      const expected = Array.from({ length: elementCount(out) }, (_unused, at) => bias[indexOf(at, out)[1]!]!);
      for (let i = 0; i < x.length; i++) {
        const [n, c, ...from] = indexOf(i, xShape) as [number, number, ...number[]];
        for (let k = 0; k < elementCount(wShape.slice(1)); k++) {
          const [o, ...tap] = indexOf(k, wShape.slice(1)) as [number, ...number[]];
          const place = from.map((q, axis) => q * p.strides[axis]! + tap[axis]! * p.dilations[axis]! - p.pads[axis]!);
          if (place.some((q, axis) => q < 0 || q >= out[axis + 2]!)) continue;
          const channel = Math.floor(c / p.depth) * p.outputs + o;
          expected[offsetOf([n, channel, ...place], out)]! += x[i]! * w[offsetOf([c, o, ...tap], wShape)]!;
        }
      }
      const y = convTranspose(
        constantOf("f32", xShape, x),
        constantOf("f32", wShape, w),
        constantOf("f32", [out[1]!], bias),
        { strides: p.strides, dilations: p.dilations, pads: p.pads, group: p.group, outputPadding },
      );
      expect(formatType(y.type)).toBe(`f32[${out}]`);
      expect(elements(y), JSON.stringify(p)).toEqual(expected);
    }
  });
});

describe("types", () => {
  const x = input("x", tensorType("f32", [symbol("N"), 3, symbol("H"), 7]));
  const weights = (...shape: number[]) => constantOf("f32", shape, new Array(elementCount(shape)).fill(1));

  test("symbolic sizes flow through strides, pads and autoPad", () => {
    const w = weights(8, 3, 3, 3);
    expect(formatType(conv(x, w, undefined, { strides: [2, 2], pads: [1, 1, 1, 1] }).type)).toBe(
      "f32[N,8,floor((H+1)/2),4]",
    );
    expect(formatType(conv(x, w, undefined, { strides: [1, 2], autoPad: "sameUpper" }).type)).toBe("f32[N,8,H,4]");
    expect(formatType(convTranspose(x, weights(3, 4, 2, 2), undefined, { strides: [2, 2] }).type)).toBe(
      "f32[N,4,2*H,14]",
    );
  });

  test("operands that do not fit are named with their types", () => {
    expect(() => conv(x, weights(8, 4, 3, 3), undefined)).toThrow(
      /channels of x and w differ: x f32\[N,3,H,7\], w f32\[8,4,3,3\], group 1/,
    );
    expect(() => conv(x, weights(8, 3, 3, 9), undefined)).toThrow(
      /window covers 9 elements but the padded input has 7/,
    );
    expect(() => conv(x, weights(8, 3, 3, 3), weights(7))).toThrow(/bias must have one element an output channel/);
    expect(() => conv(x, weights(8, 3, 3, 3), undefined, { strides: [1] })).toThrow(
      /strides must be 2 integers of at least 1/,
    );
  });
});
