import { expect, test } from "vitest";
import { knownDims } from "../../graph/known-dims.ts";
import { dimsOp, input, isConstant } from "../../graph/leaves.ts";
import { formatType, tensorType } from "../../graph/type.ts";
import type { Value } from "../../graph/value.ts";
import { div } from "../../ops/div.ts";
import type { Dim } from "../../tensor/dim.ts";
import { dimToString, symbol, unknownDim } from "../../tensor/dim.ts";
import { joinSizes, rankOf, reshapeTo, sizeOf, sizesOf } from "./shape-values.ts";

const [N, T] = [symbol("N"), symbol("T")];
const x = (...shape: Dim[]): Value => input("x", tensorType("f32", shape));
const elements = (value: Value) => knownDims(value)?.map(dimToString).join(",");

test("sizes that are known become literals", () => {
  const sizes = joinSizes(sizeOf(x(N, T, 8), -1), [2], sizesOf(x(N, T, 8), 0, 2), div(sizeOf(x(N, T, 8), 2), 4));
  expect([sizes.op, elements(sizes)]).toEqual([dimsOp, "8,2,N,T,2"]);
  expect(isConstant(joinSizes(sizeOf(x(3), 0), [4]))).toBe(true);
  const open = joinSizes(sizeOf(x(unknownDim, T), 0), [4]);
  expect([open.op.name, elements(open)]).toEqual(["concat", "?,4"]);
});

test("reshapes carry the resolved shape, or the operand where it is not known yet", () => {
  const known = reshapeTo(x(N, T, 8), [0, 0, 2, -1], true);
  expect([formatType(known.type), elements(known.operands[1] as Value)]).toEqual(["f32[N,T,2,4]", "N,T,2,4"]);
  const open = reshapeTo(x(unknownDim, 8), [0, 2, -1], true);
  expect([formatType(open.type), elements(open.operands[1] as Value)]).toEqual(["f32[?,2,4]", "0,2,-1"]);
  expect(open.attributes).toEqual({ copyZeros: true });
});

test("a rank that is not known is an error that says so", () => {
  expect(() => rankOf(input("x", tensorType("f32", undefined)))).toThrow("the rank of the input is not known");
});
