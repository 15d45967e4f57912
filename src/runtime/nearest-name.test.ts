import { describe, expect, it } from "vitest";
import { nearestName } from "./nearest-name.ts";

describe("nearestName", () => {
  it("takes the fewest edits, in any case of letters", () => {
    expect(nearestName("imput", ["output", "input", "mask"])).toBe("input");
    expect(nearestName("INPUT_IDS", ["token_type_ids", "input_ids"])).toBe("input_ids");
    expect(nearestName("x", ["X"])).toBe("X");
  });

  it("prefers the first of equals", () => {
    expect(nearestName("ac", ["ab", "aa"])).toBe("ab");
  });

  it("finds none where more than half of the letters differ, or where there is none", () => {
    expect(nearestName("abcd", ["wxyz", "ab"])).toBe("ab");
    expect(nearestName("abcde", ["wxyze"])).toBeUndefined();
    expect(nearestName("x", [])).toBeUndefined();
  });

  it("compares long names by their first 200 characters", () => {
    const long = "a".repeat(100_000);
    expect(nearestName(long, [`${long}b`])).toBe(`${long}b`);
  });
});
