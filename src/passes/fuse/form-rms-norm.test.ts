import { describe, expect, it } from "vitest";
import { topological } from "../../graph/topological.ts";
import { ops } from "../../ops/index.ts";
import { runPipeline } from "../pipeline.ts";
import { expectNoRewrite, expectRewrite } from "../testdata/check-examples.ts";
import { parseExample } from "../testdata/parse-example.ts";
import { formRmsNorm } from "./form-rms-norm.ts";

const mean = (x: string, y = x) => `reduceMean(mul(${x}, ${y}), {axes: [2], keepDims: true})`;
const rules = { rules: formRmsNorm };

describe("what is near a root mean square norm and stays as it is", () => {
  it.each([
    ["two different x", `div(x, sqrt(add(${mean("y")}, 0.5)))`],
    ["a product of two different x", `div(x, sqrt(add(${mean("x", "y")}, 0.5)))`],
    ["an epsilon that is no constant", `e: f32[], div(x, sqrt(add(${mean("x")}, e)))`],
    ["an epsilon that is no scalar", `div(x, sqrt(add(${mean("x")}, f32[2,1,1] [0.5, 0.25])))`],
    ["a negative epsilon", `div(x, sqrt(add(${mean("x")}, -0.5)))`],
    ["an inner value used elsewhere", `m = add(${mean("x")}, 0.5), div(x, sqrt(m)); m`],
    ["a mean over the first axis", "div(x, sqrt(add(reduceMean(mul(x, x), {axes: [0], keepDims: true}), 0.5)))"],
    ["a mean over the middle axis", "div(x, sqrt(add(reduceMean(mul(x, x), {axes: [1], keepDims: true}), 0.5)))"],
    [
      "a mean over the first and last axis",
      "div(x, sqrt(add(reduceMean(mul(x, x), {axes: [0, 2], keepDims: true}), 0.5)))",
    ],
    [
      "a mean that drops its axis",
      "x: f32[4,4,4], div(x, sqrt(add(reduceMean(mul(x, x), {axes: [2], keepDims: false}), 0.5)))",
    ],
    ["a sum instead of the mean", "div(x, sqrt(add(reduceSum(mul(x, x), {axes: [2], keepDims: true}), 0.5)))"],
    ["the root upside down", `div(sqrt(add(${mean("x")}, 0.5)), x)`],
    ["an epsilon outside the root", `div(x, add(sqrt(${mean("x")}), 0.5))`],
    ["an epsilon in the place of a floor", `div(x, max(sqrt(${mean("x")}), 0.5))`],
    ["a scale of another value's axis before the root", `w: f32[3,1], div(mul(x, w), sqrt(add(${mean("x")}, 0.5)))`],
    [
      "a mean of scaled elements",
      `w: f32[4], s = mul(x, w), div(x, sqrt(add(reduceMean(mul(s, s), {axes: [2], keepDims: true}), 0.5)))`,
    ],
    [
      "a mean of squares of another x, with rounded steps",
      `x: f16[2,8], y: f16[2,8], m = cast(reduceMean(cast(mul(y, y), {to: "f32"}), {axes: [1], keepDims: true}), {to: "f16"}), mul(x, reciprocal(sqrt(add(m, 0.5))))`,
    ],
    ["rounded steps in f32", `m = cast(cast(${mean("x")}, {to: "f16"}), {to: "f32"}), div(x, sqrt(add(m, 0.5)))`],
    ["a product with the root", `mul(x, sqrt(add(${mean("x")}, 0.5)))`],
  ])("%s", (_what, text) => expectNoRewrite(rules, text));

  it("keeps a scale that varies along another axis outside", () => {
    const norm = "rmsNorm(x, _, {axis: -1, epsilon: 0.5})";
    expectNoRewrite(rules, `w: f32[3,1], mul(${norm}, w)`);
    expectNoRewrite(rules, `w: f32[5,2,3,4], mul(${norm}, w)`);
    expectNoRewrite(rules, `w: f32[4], n = ${norm}, mul(n, w); n`);
  });
});

describe("every spelling of a root mean square norm becomes one operator", () => {
  const clean = [`pow(x, 2)`, `mul(x, x)`].flatMap((square) => {
    const inside = `reduceMean(${square}, {axes: [-1], keepDims: true})`;
    return [`add(${inside}, 0.5)`, `add(0.5, ${inside})`].flatMap((sum) => [
      `div(x, sqrt(${sum}))`,
      `mul(x, div(1, sqrt(${sum})))`,
      `mul(reciprocal(sqrt(${sum})), x)`,
      `mul(x, pow(${sum}, -0.5))`,
      `div(x, pow(${sum}, 0.5))`,
    ]);
  });
  const scaled = clean.flatMap((norm) => [norm, `w: f32[4], mul(${norm}, w)`, `mul(f32[1,4] [1, 2, 3, 4], ${norm})`]);
  it.each(scaled)("%s", (text) => expect(fusedOps(text)).toEqual(["rmsNorm"]));

  it.each(["f16", "bf16"])("with casts from %s and back, the scale before or after the cast back", (dtype) => {
    const inputs = `h: ${dtype}[2,3,8], w: ${dtype}[8], x = cast(h, {to: "f32"}),`;
    const norm = "mul(x, reciprocal(sqrt(add(reduceMean(pow(x, 2), {axes: [-1], keepDims: true}), 0.5))))";
    for (const text of [
      `${inputs} cast(${norm}, {to: "${dtype}"})`,
      `${inputs} mul(w, cast(${norm}, {to: "${dtype}"}))`,
      `${inputs} cast(mul(${norm}, cast(w, {to: "f32"})), {to: "${dtype}"})`,
    ]) {
      expect(fusedOps(text), text).toEqual(["rmsNorm"]);
    }
  });

  it.each(["f16", "bf16"])("with casts between its steps, as converters to %s write it", (dtype) => {
    const down = (text: string) => `cast(${text}, {to: "${dtype}"})`;
    const up = (text: string) => `cast(${text}, {to: "f32"})`;
    const square = up(down("mul(x, x)"));
    const sum = `add(${down(`reduceMean(${square}, {axes: [-1], keepDims: true})`)}, 0.5)`;
    const norm = `mul(h, reciprocal(sqrt(${sum})))`;
    expect(fusedOps(`h: ${dtype}[2,3,8], w: ${dtype}[8], x = ${up("h")}, mul(${norm}, w)`)).toEqual(["rmsNorm"]);
  });

  it("of f32 with a scale and a result of half precision", () => {
    const norm = "rmsNorm(x, _, {axis: -1, epsilon: 0.5})";
    expectRewrite(
      rules,
      `w: f16[4], mul(w, cast(${norm}, {to: "f16"}))`,
      'rmsNorm(x, w, {axis: -1, epsilon: 0.5, to: "f16"})',
    );
  });

  it("with a scale before the root", () => {
    const root = `sqrt(add(${mean("x")}, 0.5))`;
    for (const text of [
      `div(mul(w, x), ${root})`,
      `mul(reciprocal(${root}), mul(x, w))`,
      `mul(div(w, ${root}), x)`,
      `mul(x, mul(w, reciprocal(${root})))`,
    ]) {
      expectRewrite(rules, `w: f32[4], ${text}`, "rmsNorm(x, w, {axis: -1, epsilon: 0.5})");
    }
  });

  it("with the sum of squares divided by how many they are", () => {
    const sum = "reduceSum(mul(x, x), {axes: [2], keepDims: true})";
    for (const text of [`div(${sum}, 4)`, `mul(${sum}, 0.25)`]) {
      expect(fusedOps(`div(x, sqrt(add(${text}, 0.5)))`), text).toEqual(["rmsNorm"]);
    }
  });

  it("with 1 + w as its scale, which stays an addition where w is not constant", () => {
    const norm = `div(x, sqrt(add(${mean("x")}, 0.5)))`;
    expect(fusedOps(`mul(${norm}, add(f32[4] [1, 2, 3, 4], 1))`)).toEqual(["rmsNorm"]);
    expect(fusedOps(`w: f32[4], mul(${norm}, add(w, 1))`)).toEqual(["add", "rmsNorm"]);
  });

  it("over the last two axes", () => {
    expectRewrite(
      rules,
      "div(x, sqrt(add(reduceMean(mul(x, x), {axes: [1, 2], keepDims: true}), 0.5)))",
      "rmsNorm(x, _, {axis: -2, epsilon: 0.5})",
    );
  });
});

/** The operators of an example's left side after all stages, inputs and constants left out. */
function fusedOps(text: string): readonly string[] {
  const { before } = parseExample(`${text} => same`, ops);
  const { outputs } = runPipeline(before);
  const leaves = ["input", "constant", "dims", "absent"];
  return topological(outputs.map(({ value }) => value))
    .map(({ op }) => op.name)
    .filter((name) => !leaves.includes(name));
}
