import { describe, expect, it } from "vitest";
import { ops } from "../ops/index.ts";
import { op } from "../ops/op.ts";
import { symbol } from "../tensor/dim.ts";
import { fromNumbers, scalar } from "../tensor/numbers.ts";
import { tensor } from "../tensor/tensor.ts";
import { internKey } from "./intern.ts";
import { constant, dims, input } from "./leaves.ts";
import { withOrigin } from "./origin.ts";
import { tensorType } from "./type.ts";
import type { Attributes } from "./value.ts";

const { add, exp, softmax } = ops;
const x = input("x", tensorType("f32", [2]));
const vector = (values: readonly number[]) => constant(fromNumbers("f32", [values.length], values));
const tagged = op("tagged", ["x"], { infer: ([a], _attributes: Attributes) => a.type, eval: ([a]) => a });
const keyWith = (attributes: Attributes) => internKey(tagged(x, attributes));

describe("internKey", () => {
  it("is equal for what means the same, whatever its origin", () => {
    expect(internKey(exp(x))).toBe(internKey(withOrigin("/elsewhere", () => exp(x))));
    expect(internKey(softmax(x, { axis: 0 }))).toBe(internKey(softmax(x, { axis: 0 })));
    expect(keyWith({ a: 1, b: 2 })).toBe(keyWith({ b: 2, a: 1 }));
    expect(internKey(vector([1, 2]))).toBe(internKey(vector([1, 2])));
    expect(internKey(dims([symbol("N"), 2]))).toBe(internKey(dims([symbol("N"), 2])));
  });

  it("differs in operator, operands, their order, and attributes", () => {
    const y = input("x", tensorType("f32", [2]));
    const keys = [exp(x), exp(y), add(x, y), add(y, x), softmax(x, { axis: 0 }), softmax(x, { axis: -1 })].map(
      internKey,
    );
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("differs in dtype, shape, sign of zero and content of constants", () => {
    const keys = [
      vector([1, 2]),
      vector([1, 0]),
      vector([1, -0]),
      constant(fromNumbers("f64", [2], [1, 2])),
      constant(fromNumbers("f32", [1, 2], [1, 2])),
      constant(scalar("f32", 1)),
      constant(tensor("string", [2], ["1", "2"])),
      constant(tensor("string", [1], ['1","2'])),
    ].map(internKey);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("compares large constants by identity of their data", () => {
    const large = fromNumbers("f32", [100], new Float32Array(100));
    expect(internKey(constant(large))).toBe(internKey(constant({ ...large })));
    expect(internKey(constant(large))).not.toBe(internKey(vector(new Array<number>(100).fill(0))));
  });

  it("keeps attributes apart that print alike", () => {
    const keys = [
      { a: "1" },
      { a: 1 },
      { a: 1n },
      { a: "b;c=d" },
      { a: "b", c: "d" },
      { a: ["b,c"] },
      { a: ["b", "c"] },
      { a: 0 },
      { a: -0 },
    ].map(keyWith);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("is undefined for what must stay apart", () => {
    const noise = op("noise", [], { infer: () => tensorType("f32", []), eval: () => scalar("f32", 0), pure: false });
    expect(internKey(noise())).toBeUndefined();
    expect(internKey(x)).toBeUndefined();
  });
});
