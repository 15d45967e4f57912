import { describe, it } from "vitest";
import { foldConstants } from "../declutter/fold-constants.ts";
import { foldDims } from "../declutter/fold-dims.ts";
import { expectNoRewrite, expectRewrite } from "../testdata/check-examples.ts";
import { formRotary } from "./form-rotary.ts";

const rules = { rules: formRotary, simplifiers: [foldDims, foldConstants] };
const alone = { rules: formRotary };
const rotated = (x = "x") =>
  `concat(neg(slice(${x}, [2], [9223372036854775807], [-1], [1])), slice(${x}, [0], [2], [-1], _), {axis: -1})`;
const rotary = (cos: string, sin: string) => `rotaryEmbedding(x, ${cos}, ${sin}, {interleaved: false})`;

describe("rotary embeddings in the spellings of exporters", () => {
  const twice = "concat(a, a, {axis: -1})";
  it.each([
    [
      "the table on either side",
      `add(mul(${rotated()}, sin(${twice})), mul(cos(${twice}), x))`,
      rotary("cos(a)", "sin(a)"),
    ],
    [
      "tables scaled and cast",
      `t = mul(cast(cos(cast(${twice}, {to: "f64"})), {to: "f32"}), 0.5), add(mul(x, t), mul(${rotated()}, t))`,
      rotary(
        'mul(cast(cos(cast(a, {to: "f64"})), {to: "f32"}), 0.5)',
        'mul(cast(cos(cast(a, {to: "f64"})), {to: "f32"}), 0.5)',
      ),
    ],
    [
      "tables with axes put in front",
      `t = reshape(${twice}, [1, 3, 4]), add(mul(x, t), mul(${rotated()}, t))`,
      rotary("reshape(a, [1, 3, 2])", "reshape(a, [1, 3, 2])"),
    ],
  ])("%s", (_what, before, after) => expectRewrite(alone, `a: f32[3,2], ${before}`, after));

  it("tables that are gathered by position from constants", () => {
    const table = "f32[3,4] [1, 2, 1, 2, 3, 4, 3, 4, 5, 6, 5, 6]";
    expectRewrite(
      rules,
      `p: i64[3], t = gather(${table}, p, {axis: 0}), add(mul(x, t), mul(${rotated()}, t))`,
      rotary("gather(f32[3,2] [1, 2, 3, 4, 5, 6], p, {axis: 0})", "gather(f32[3,2] [1, 2, 3, 4, 5, 6], p, {axis: 0})"),
    );
  });

  it("tables joined before a transpose", () => {
    expectRewrite(
      alone,
      `a: f32[2,3], t = transpose(concat(a, a, {axis: 0}), {permutation: [1, 0]}), add(mul(x, t), mul(${rotated()}, t))`,
      rotary("transpose(a, {permutation: [1, 0]})", "transpose(a, {permutation: [1, 0]})"),
    );
  });
});

describe("what is near a rotary embedding and stays as it is", () => {
  const twice = "concat(a, a, {axis: -1})";
  const sum = (turned: string, t = twice) => `a: f32[3,2], b: f32[3,2], add(mul(x, ${t}), mul(${turned}, ${t}))`;
  it.each([
    ["tables whose halves may differ", sum(rotated(), "concat(a, b, {axis: -1})")],
    ["a table that is an input", `t: f32[3,4], add(mul(x, t), mul(${rotated()}, t))`],
    ["constants whose halves differ", `add(mul(x, f32[4] [1, 2, 1, 2]), mul(${rotated()}, f32[4] [1, 2, 1, 3]))`],
    ["unequal parts", sum("concat(neg(slice(x, [1], [4], [-1], [1])), slice(x, [0], [1], [-1], [1]), {axis: -1})")],
    [
      "the other part negated",
      sum("concat(slice(x, [2], [4], [-1], [1]), neg(slice(x, [0], [2], [-1], [1])), {axis: -1})"),
    ],
    ["parts of another value", sum(rotated("y"))],
    ["a difference", `a: f32[3,2], sub(mul(x, ${twice}), mul(${rotated()}, ${twice}))`],
    ["the turned value used elsewhere", `a: f32[3,2], r = ${rotated()}, add(mul(x, ${twice}), mul(r, ${twice})); r`],
  ])("%s", (_what, text) => expectNoRewrite(alone, text));
});
