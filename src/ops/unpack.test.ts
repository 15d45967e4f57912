import { describe, expect, it } from "vitest";
import { constantOf, elements } from "./testing.ts";
import { unpack } from "./unpack.ts";

describe("unpack", () => {
  const bytes = constantOf("u8", [2, 1], [0x5a, 0xc1]);
  it("reads the low bits first, along the last axis", () => {
    expect(elements(unpack(bytes, { to: "u4" }))).toEqual([10, 5, 1, 12]);
    expect(elements(unpack(bytes, { to: "i4" }))).toEqual([-6, 5, 1, -4]);
    expect(elements(unpack(bytes, { to: "u2" }))).toEqual([2, 2, 1, 1, 1, 0, 0, 3]);
    expect(unpack(bytes, { to: "u2" }).type).toMatchObject({ dtype: "u2", shape: [2, 4] });
  });
  it("takes only bytes, and only dtypes of which several fit one", () => {
    expect(() => unpack(constantOf("i32", [2], [1, 2]), { to: "u4" })).toThrow("x must be bytes");
    expect(() => unpack(bytes, { to: "i8" })).toThrow("got u8[2,1] and i8");
  });
});
