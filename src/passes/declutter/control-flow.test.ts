import { describe, it } from "vitest";
import { expectNoRewrite, expectRewrite } from "../testdata/check-examples.ts";
import { foldConstants } from "./fold-constants.ts";
import { foldDims } from "./fold-dims.ts";
import { inlineConditional } from "./inline-conditional.ts";
import { openSequences } from "./open-sequences.ts";
import { settleCaptures } from "./settle-captures.ts";

const branches = `{
  thenBranch: graph yes(a: f32[2,3,4], b: f32[2,3,4]) { %0 = add(a, b) return sum: %0, twice: mul(%0, 2) },
  elseBranch: graph no(a: f32[2,3,4], b: f32[2,3,4]) { return a: a, b: b }
}`;

describe("inline-conditional", () => {
  const rewriting = { simplifiers: [foldDims, foldConstants, inlineConditional] };

  it("puts the branch of a known condition in the place of its results", () => {
    expectRewrite(rewriting, `c = conditional(bool true, x, y, ${branches}), c.0; c.1`, "add(x, y); mul(add(x, y), 2)");
    expectRewrite(rewriting, `c = conditional(bool false, x, y, ${branches}), c.0; c.1`, "x; y");
  });

  it("opens conditionals inside branches once their condition is known", () => {
    const inner = `conditional(flag, a, {
      thenBranch: graph deep(p: f32[2,3,4]) { return q: neg(p) },
      elseBranch: graph flat(p: f32[2,3,4]) { return q: p }
    })`;
    const outer = `conditional(bool true, bool true, x, {
      thenBranch: graph yes(flag: bool[], a: f32[2,3,4]) { %0 = ${inner} return r: %0.0 },
      elseBranch: graph no(flag: bool[], a: f32[2,3,4]) { return r: a }
    })`;
    expectRewrite(rewriting, `c = ${outer}, c.0`, "neg(x)");
  });

  it("leaves a condition that is not known", () => {
    expectNoRewrite(rewriting, `flag: bool[], c = conditional(flag, x, y, ${branches}), c.0; c.1`);
  });
});

describe("settle-captures", () => {
  const rewriting = { simplifiers: [settleCaptures] };
  const withCaptures = (operands: string, inputs: string) =>
    `flag: bool[], conditional(flag, ${operands}{
      thenBranch: graph yes(${inputs}) { return r: add(a, 2) },
      elseBranch: graph no(${inputs}) { return r: mul(a, 3) }
    }).0`;

  it("drops captures that no branch uses", () => {
    const unused = withCaptures("x, y, ", "a: f32[2,3,4], b: f32[2,3,4]");
    const [, tidy = ""] = withCaptures("x, ", "a: f32[2,3,4]").split("flag: bool[], ");
    expectRewrite(rewriting, unused, tidy);
  });

  it("moves constants into the bodies that use them", () => {
    expectRewrite(
      { simplifiers: [settleCaptures, foldConstants] },
      `n: i64[], loop(n, _, x, f32 2, {
        body: graph step(i: i64[], go: bool[], s: f32[2,3,4], k: f32[]) { return next: go, r: mul(s, add(k, 1)) },
        carried: 1
      }).0`,
      `loop(n, _, x, {
        body: graph step(i: i64[], go: bool[], s: f32[2,3,4]) { return next: go, r: mul(s, 3) },
        carried: 1
      }).0`,
    );
  });

  it("tells a body what is known of a capture", () => {
    expectRewrite(
      { simplifiers: [settleCaptures, foldDims] },
      `x: f32[4,2], scan(x, x, {
        body: graph step(e: f32[2], c: f32[?,2]) { return r: add(e, c) },
        states: 0, inputAxes: [0], inputReversed: [false], outputAxes: [0], outputReversed: [false]
      }).0`,
      `scan(x, x, {
        body: graph step(e: f32[2], c: f32[4,2]) { return r: add(e, c) },
        states: 0, inputAxes: [0], inputReversed: [false], outputAxes: [0], outputReversed: [false]
      }).0`,
    );
  });

  it("leaves captures that are used and vary", () => {
    expectNoRewrite(rewriting, withCaptures("x, ", "a: f32[2,3,4]"));
  });
});

describe("open-sequences", () => {
  const rewriting = { simplifiers: [foldDims, foldConstants, openSequences] };

  it.each([
    ["sequenceAt(sequence(x, y), i64 1)", "y"],
    ["sequenceAt(sequence(x, y), i64 -2)", "x"],
    ["sequenceAt(sequenceInsert(sequence(x), y, i64 0), i64 0)", "y"],
    ["sequenceAt(sequenceErase(sequence(x, y, z), i64 0), i64 -1)", "z"],
    ["sequenceConcat(sequence(x, y), {axis: -1, newAxis: false})", "concat(x, y, {axis: -1})"],
    [
      "sequenceConcat(sequence(x, y), {axis: 1, newAxis: true})",
      "concat(unsqueeze(x, [1]), unsqueeze(y, [1]), {axis: 1})",
    ],
    ["sequenceLength(sequenceInsert(sequence(x), y, _))", "i64 2"],
  ])("%s => %s", (before, after) => {
    expectRewrite(rewriting, before, after);
  });

  it("leaves positions that are not known, or that do not exist", () => {
    expectNoRewrite(rewriting, "at: i64[], sequenceAt(sequence(x, y), at)");
    expectNoRewrite(rewriting, "sequenceAt(sequence(x, y), i64 2)");
  });
});
