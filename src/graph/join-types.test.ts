import { describe, expect, it } from "vitest";
import { symbol } from "../tensor/dim.ts";
import { joinTypes } from "./join-types.ts";
import type { Type } from "./type.ts";
import { formatType, optionalType, sequenceType, tensorType, tupleType } from "./type.ts";

const N = symbol("N");
const f32 = (...shape: Parameters<typeof tensorType>[1] & unknown[]) => tensorType("f32", shape);
const map = (value: Type): Type => ({ kind: "map", key: "i64", value });

describe("joinTypes", () => {
  const cases: readonly (readonly [a: Type, b: Type, joined: string | undefined])[] = [
    [f32(2, N), f32(2, N), "f32[2,N]"],
    [f32(2, 3), f32(2, 4), "f32[2,?]"],
    [f32(N, 3), f32(2, 3), "f32[?,3]"],
    [f32(2), f32(2, 3), "f32[...]"],
    [f32(2), tensorType("f32", undefined), "f32[...]"],
    [f32(2), tensorType("i64", [2]), undefined],
    [sequenceType(f32(2)), sequenceType(f32(3)), "sequence(f32[?])"],
    [sequenceType(f32(2)), sequenceType(tensorType("i64", [2])), undefined],
    [optionalType(f32(2)), f32(3), "optional(f32[?])"],
    [f32(2), optionalType(f32(2)), "optional(f32[2])"],
    [map(f32(2)), map(f32(2)), "map(i64, f32[2])"],
    [tupleType(f32(2), f32(3)), tupleType(f32(2), f32(4)), "(f32[2], f32[?])"],
    [tupleType(f32(2)), tupleType(f32(2), f32(4)), undefined],
    [f32(2), sequenceType(f32(2)), undefined],
    [{ kind: "absent" }, { kind: "absent" }, "absent"],
  ];
  it.each(cases.map(([a, b, joined]) => [formatType(a), formatType(b), joined, a, b] as const))(
    "%s and %s give %s",
    (_a, _b, joined, a, b) => {
      const text = (type: Type | undefined) => type && formatType(type);
      expect(text(joinTypes(a, b))).toBe(joined);
    },
  );
});
