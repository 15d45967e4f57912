import { describe, expect, it } from "vitest";
import { ops } from "../ops/index.ts";
import { symbol } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { construct } from "./construct.ts";
import { absent, constant, constantTensor, dimsOp, input } from "./leaves.ts";
import { withOrigin } from "./origin.ts";
import { $, literalOp } from "./pattern.ts";
import { tensorType } from "./type.ts";

const { add, clip, mul, reshape, softmax } = ops;
const x = input("x", tensorType("f16", [2, 3]));
const ids = input("ids", tensorType("i64", [2, 3]));

describe("construct", () => {
  it("turns numbers into scalars of the first operand's dtype, wherever they stand", () => {
    expect(constantTensor(mul(x, 0.5).operands[1] ?? absent)).toMatchObject({ dtype: "f16", shape: [] });
    expect(constantTensor(add(1, ids).operands[0] ?? absent)).toEqual({
      dtype: "i64",
      shape: [],
      data: BigInt64Array.of(1n),
    });
  });

  it("turns lists into i64 vectors, symbolic ones into literals of dims", () => {
    const [, shape] = reshape(x, [3, -1]).operands;
    expect(constantTensor(shape ?? absent)).toEqual({ dtype: "i64", shape: [2], data: BigInt64Array.of(3n, -1n) });
    const symbolic = reshape(input("y", tensorType("f32", [symbol("N"), 2])), [2, symbol("N")]).operands[1];
    expect(symbolic?.op).toBe(dimsOp);
  });

  it("turns operands that are left out into absent ones", () => {
    expect(clip(x, undefined, 6).operands[1]).toBe(absent);
    expect(clip(x, undefined, undefined).operands).toEqual([x, absent, absent]);
  });

  it("drops attributes that are undefined", () => {
    expect(construct(ops.reshape, [x, [6]], { copyZeros: undefined }).attributes).toEqual({});
  });

  it("gives a pattern as soon as an operand has holes, with numbers as literals of any dtype", () => {
    const pattern = mul($.x, 0.5);
    expect(pattern.type).toBeUndefined();
    expect(pattern.operands[1]).toMatchObject({ op: literalOp, attributes: { value: 0.5 } });
    expect(softmax(pattern, { axis: 1 }).type).toBeUndefined();
  });

  it("names the operator in the error of an infer, unless the origin in force will be named", () => {
    expect(() => add(x, ids)).toThrow(ShapeError);
    expect(() => add(x, ids)).toThrow(/^add: the dtypes differ: a f16\[2,3\], b i64\[2,3\]/);
    expect(() => withOrigin("/node", () => add(x, ids))).toThrow(/^the dtypes differ/);
  });

  it("puts the origin in force on values, the innermost that is not empty", () => {
    const made = withOrigin("/outer", () => [
      add(x, 1),
      withOrigin("/inner", () => add(x, 1)),
      withOrigin("", () => add(x, 1)),
    ]);
    expect(made.map(({ origin }) => origin)).toEqual(["/outer", "/inner", "/outer"]);
    expect(constant({ dtype: "f32", shape: [], data: new Float32Array(1) }).origin).toBe("");
  });
});
