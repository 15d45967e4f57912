import { describe, expect, it } from "vitest";
import { absent } from "../graph/leaves.ts";
import { dequantizeLinear } from "./dequantize-linear.ts";
import { quantizeLinear } from "./quantize-linear.ts";
import { constantOf, elements } from "./testing.ts";

// Expected values by onnxruntime 1.32.
const ramp = constantOf("f32", [2, 6], [-5.5, -4.5, -3.5, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5, 4.5, 5.5]);
const steps = constantOf("i8", [2, 6], [-6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5]);
const blocks = {
  scale: constantOf("f32", [2, 2], [0.5, 1, 2, 0.25]),
  zero: constantOf("i8", [2, 2], [1, 2, 3, 4]),
  attributes: { axis: 1, blockSize: 4 },
};
const rows = { scale: constantOf("f32", [2], [0.5, 2]), zero: constantOf("i8", [2], [1, -2]) };

describe("quantizeLinear", () => {
  const x = constantOf("f32", [11], [-10.2, -1.5, -0.5, 0.5, 1.5, 2.5, 3.4999999, 1e9, -1e9, 127.5, Number.NaN]);
  it("rounds ties to even and keeps to the range", () => {
    const y = quantizeLinear(x, constantOf("f32", [], [1]), constantOf("u8", [], [3]), { to: "u8" });
    expect(elements(y)).toEqual([0, 1, 3, 3, 5, 5, 7, 255, 0, 131, 0]);
    const z = quantizeLinear(x, constantOf("f32", [1], [0.5]), constantOf("i8", [1], [-3]), { to: "i8" });
    expect(elements(z)).toEqual([-23, -6, -4, -2, 0, 2, 4, 127, -128, 127, -128]);
  });
  it("takes scales per block, the last one cut short, and per axis", () => {
    const byBlock = quantizeLinear(ramp, blocks.scale, blocks.zero, { to: "i8", ...blocks.attributes });
    expect(elements(byBlock)).toEqual([-10, -8, -6, -4, 0, 2, 3, 4, 4, 5, 22, 26]);
    const byRow = quantizeLinear(ramp, rows.scale, rows.zero, { to: "i8", axis: 0 });
    expect(elements(byRow)).toEqual([-10, -8, -6, -4, -2, 0, -2, -1, -1, 0, 0, 1]);
  });
  it("divides in the precision asked for", () => {
    const [x, one, attributes] = [constantOf("f32", [], [3.495]), constantOf("f32", [], [1]), { to: "i8" } as const];
    expect(elements(quantizeLinear(x, one, absent, attributes))).toEqual([3]);
    // 3.495 is 3.5 in bf16, a tie.
    expect(elements(quantizeLinear(x, one, absent, { ...attributes, precision: "bf16" }))).toEqual([4]);
  });
  it("says what shape a scale must have", () => {
    expect(() => quantizeLinear(ramp, constantOf("f32", [3], [1, 1, 1]), absent, { to: "i8", axis: 0 })).toThrow(
      /scale f32\[3\] does not fit x f32\[2,6\]/,
    );
    expect(() => quantizeLinear(ramp, rows.scale, rows.zero, { to: "u8", axis: 0 })).toThrow(/zeroPoint must be u8/);
  });
});

describe("dequantizeLinear", () => {
  it("takes scales per block and per axis", () => {
    const byBlock = dequantizeLinear(steps, blocks.scale, blocks.zero, blocks.attributes);
    expect(elements(byBlock)).toEqual([-3.5, -3, -2.5, -2, -4, -3, -6, -4, -2, 0, 0, 0.25]);
    const byRow = dequantizeLinear(steps, rows.scale, rows.zero, { axis: -2 });
    expect(elements(byRow)).toEqual([-3.5, -3, -2.5, -2, -1.5, -1, 4, 6, 8, 10, 12, 14]);
  });
  it("gives the scale's dtype or the one asked for, from packed integers too", () => {
    const y = dequantizeLinear(constantOf("u4", [3], [0, 15, 8]), constantOf("f16", [], [0.5]), absent, {});
    expect([y.type, elements(y)]).toEqual([{ kind: "tensor", dtype: "f16", shape: [3] }, [0, 7.5, 4]]);
    const z = dequantizeLinear(constantOf("i32", [1], [2 ** 30 + 1]), constantOf("f32", [], [1]), absent, {
      to: "f64",
    });
    expect(elements(z)).toEqual([2 ** 30 + 1]);
  });
});
