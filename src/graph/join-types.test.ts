import { describe, expect, it } from "vitest";
import { symbol, unknownDim } from "../tensor/dim.ts";
import { joinTypes, sayTheSame } from "./join-types.ts";
import type { Type } from "./type.ts";
import { formatType, optionalType, sequenceType, tensorType, tupleType } from "./type.ts";

const [n, t] = [symbol("N"), symbol("T")];
const f32 = (...shape: (number | typeof n)[]) => tensorType("f32", shape);

describe("joinTypes", () => {
  it.each<[Type, Type, string]>([
    [f32(2, n), f32(2, n), "f32[2,N]"],
    [f32(2, n), f32(3, n), "f32[?,N]"],
    [f32(2, n), f32(2, t), "f32[2,?]"],
    [f32(2, unknownDim), f32(2, unknownDim), "f32[2,?]"],
    [f32(2), f32(2, 1), "f32[...]"],
    [f32(2), tensorType("f32", undefined), "f32[...]"],
    [sequenceType(f32(2)), sequenceType(f32(3)), "sequence(f32[?])"],
    [optionalType(f32(2)), f32(2), "optional(f32[2])"],
    [sequenceType(f32(2)), optionalType(sequenceType(f32(3))), "optional(sequence(f32[?]))"],
    [tupleType(f32(1), f32(2)), tupleType(f32(1), f32()), "(f32[1], f32[...])"],
    [{ kind: "map", key: "i64", value: f32(1) }, { kind: "map", key: "i64", value: f32(2) }, "map(i64, f32[?])"],
  ])("holds both (%#)", (a, b, expected) => {
    const [ab, ba] = [joinTypes(a, b), joinTypes(b, a)];
    expect(ab && formatType(ab)).toBe(expected);
    expect(ba && formatType(ba)).toBe(expected);
    expect(ab && sayTheSame(joinTypes(ab, a) as Type, ab)).toBe(true);
  });

  it.each<[Type, Type]>([
    [f32(2), tensorType("f64", [2])],
    [f32(2), sequenceType(f32(2))],
    [sequenceType(f32(2)), sequenceType(tensorType("i64", [2]))],
    [
      { kind: "map", key: "i64", value: f32(1) },
      { kind: "map", key: "string", value: f32(1) },
    ],
    [tupleType(f32(1)), tupleType(f32(1), f32(1))],
  ])("finds nothing that holds both (%#)", (a, b) => {
    expect(joinTypes(a, b)).toBeUndefined();
  });
});
