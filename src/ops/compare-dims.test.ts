import { describe, expect, it } from "vitest";
import { knownDims } from "../graph/known-dims.ts";
import { constant, dims } from "../graph/leaves.ts";
import type { Value } from "../graph/value.ts";
import type { Dim } from "../tensor/dim.ts";
import { addDims, dimToString, mulDims, symbol } from "../tensor/dim.ts";
import { fromBigints } from "../tensor/numbers.ts";
import { add } from "./add.ts";
import { and } from "./and.ts";
import { cast } from "./cast.ts";
import { clip } from "./clip.ts";
import { div } from "./div.ts";
import { equal } from "./equal.ts";
import { greater } from "./greater.ts";
import { greaterEqual } from "./greater-equal.ts";
import { less } from "./less.ts";
import { lessEqual } from "./less-equal.ts";
import { max } from "./max.ts";
import { min } from "./min.ts";
import { mod } from "./mod.ts";
import { mul } from "./mul.ts";
import { neg } from "./neg.ts";
import { not } from "./not.ts";
import { or } from "./or.ts";
import { sub } from "./sub.ts";
import { where } from "./where.ts";

const [n, t] = [symbol("N"), symbol("T")];
const vector = (...values: Dim[]): Value => dims(values);
/** The known elements as text, `?` for those that are not. */
const known = (value: Value): string | undefined => knownDims(value)?.map(dimToString).join(" ");

describe("shape arithmetic on symbols", () => {
  it.each([
    ["add", add(vector(n, 2), vector(1, t)), "N+1 T+2"],
    ["sub, which may go below 0", sub(vector(n), vector(2)), "N-2"],
    ["mul", mul(vector(n, t), vector(2)), "2*N 2*T"],
    ["neg", neg(vector(n)), "-N"],
    ["div", div(vector(mulDims(n, 4), n), vector(2)), "2*N floor(N/2)"],
    ["div of what may be negative", div(vector(addDims(n, -1), -7), vector(2)), "? -3"],
    ["mod", mod(vector(mulDims(n, 4), addDims(mulDims(n, 2), 1)), vector(2)), "0 1"],
    ["mod of what may be negative", mod(vector(addDims(n, -1)), vector(2)), "?"],
    ["min and max", min(max(vector(n, t), vector(0)), vector(addDims(n, 1), 4)), "N min(T,4)"],
    ["clip", clip(vector(n, addDims(t, 5)), 0, 8), "min(N,8) min(T,3)+5"],
    ["a cast", cast(vector(n, -1), { to: "i32" }), "N -1"],
    ["a cast to unsigned", cast(vector(n, -1), { to: "u64" }), "N ?"],
    ["a cast that wraps", cast(vector(300), { to: "u8" }), "?"],
    ["a cast to bool", cast(vector(n, addDims(n, 1), 0), { to: "bool" }), "? 1 0"],
  ])("%s", (_name, value, expected) => {
    expect(known(value)).toBe(expected);
  });
});

describe("comparisons of symbols, which are at least 0", () => {
  const a = vector(n, n, n, addDims(n, 1), 3);
  const b = vector(-1, n, t, n, 3);
  it.each([
    ["equal", equal(a, b), "0 1 ? 0 1"],
    ["less", less(a, b), "0 0 ? 0 0"],
    ["lessEqual", lessEqual(a, b), "0 1 ? 0 1"],
    ["greater", greater(a, b), "1 0 ? 1 0"],
    ["greaterEqual", greaterEqual(a, b), "1 1 ? 1 1"],
    ["not", not(equal(a, b)), "1 0 ? 1 0"],
    ["and", and(equal(a, b), vector01(1, 0, 0, 1, 1)), "0 0 0 0 1"],
    ["or", or(equal(a, b), vector01(1, 0, 0, 1, 0)), "1 1 ? 1 1"],
    ["where", where(equal(a, b), vector(1, 2, n, 4, 5), vector(6, 7, n, 9, t)), "6 2 N 9 5"],
    ["where of unlike sides", where(equal(vector(n), vector(t)), vector(1), vector(2)), "?"],
  ])("%s", (_name, value, expected) => {
    expect(known(value)).toBe(expected);
  });
});

function vector01(...values: number[]): Value {
  return cast(vector(...values), { to: "bool" });
}

it("does not carry on with numbers that the dtype wraps", () => {
  const x = constant(fromBigints("u8", [1], [1n]));
  expect(known(sub(x, 2))).toBe("?");
  expect(known(add(x, 2))).toBe("3");
});
