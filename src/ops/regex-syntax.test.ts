import { describe, expect, it } from "vitest";
import { UnsupportedError } from "../tensor/errors.ts";
import { toRegExp } from "./regex-syntax.ts";

// That patterns match what RE2 matches is tested with results of ONNX Runtime, in formats/onnx/ops/recorded-nodes.test.ts.

describe("toRegExp", () => {
  it.each([
    ["(?P<year>\\d+)", "(?<year>\\d+)"],
    ["a.b", "a[^\\n]b"],
    ["(?s)a.b", "a[^]b"],
    ["[[:digit:]x]", "[0-9x]"],
    ["\\pL\\PN\\p{Greek}\\p{^Lu}", "\\p{L}\\P{N}\\p{Script=Greek}\\P{Lu}"],
    ["[]a]", "[\\]a]"],
    ["\\Qa.\\E.", "\\u{61}\\u{2e}[^\\n]"],
    ["\\-\\_\\.", "-_\\."],
    ["\\Ax\\z", "^x$"],
  ])("writes %s as %s", (pattern, source) => {
    expect(toRegExp(pattern).source).toBe(source);
  });

  it("takes flags in front", () => {
    expect(toRegExp("(?i)a", "g").flags.split("").sort().join("")).toBe("giu");
  });

  it("names a pattern that JavaScript has no words for", () => {
    expect(() => toRegExp("a(?i)b")).toThrow(UnsupportedError);
    expect(() => toRegExp("(")).toThrow('the regular expression "(" cannot be expressed in JavaScript');
  });
});
