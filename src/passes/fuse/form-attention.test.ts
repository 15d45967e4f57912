import { describe, it } from "vitest";
import { dropMoves } from "../declutter/drop-moves.ts";
import { foldConstants } from "../declutter/fold-constants.ts";
import { foldDims } from "../declutter/fold-dims.ts";
import { mergeMoves } from "../declutter/merge-moves.ts";
import { pushTransposes } from "../declutter/push-transposes.ts";
import { expectNoRewrite, expectRewrite } from "../testdata/check-examples.ts";
import { foldIntoAttention } from "./fold-into-attention.ts";
import { formAttention } from "./form-attention.ts";

const all = {
  rules: [...formAttention, ...foldIntoAttention, ...pushTransposes, ...mergeMoves, ...dropMoves],
  simplifiers: [foldDims, foldConstants],
};
const inputs = (dtype = "f32") => `q: ${dtype}[2,3,5,4], k: ${dtype}[2,3,6,4], v: ${dtype}[2,3,6,2],`;
const swapped = "transpose(k, {permutation: [0, 1, 3, 2]})";
const product = `matmul(q, ${swapped})`;
const last = (scores: string) => `softmax(${scores}, {axis: 3})`;
const written = (scores: string) => `matmul(${last(scores)}, v)`;
const plain = (attributes: string, mask = "_") => `attention(q, k, v, ${mask}, _, _, _, {${attributes}})`;
const nan = 'whenAllMasked: "nan"';

describe("every spelling of attention becomes one operator", () => {
  const mask = "m: f32[2,1,5,6],";
  const flags = "c: bool[5,6],";
  it.each([
    ["no scale", "", written(product), plain(`scale: 1, ${nan}`)],
    ["a factor", "", written(`mul(0.5, ${product})`), plain(`scale: 0.5, ${nan}`)],
    ["a divisor and a mask", mask, written(`add(div(${product}, 2), m)`), plain(`scale: 0.5, ${nan}`, "m")],
    ["the mask first", mask, written(`add(m, ${product})`), plain(`scale: 1, ${nan}`, "m")],
    [
      "roots of the scale on both sides",
      "",
      `matmul(${last(`matmul(mul(q, 0.5), transpose(mul(k, 0.5), {permutation: [0, 1, 3, 2]}))`)}, v)`,
      plain(`scale: 0.25, ${nan}`),
    ],
    ["minus infinity filled in", flags, written(`where(c, ${product}, f32 -inf)`), plain(`scale: 1, ${nan}`, "c")],
    [
      "minus infinity filled in where it is false",
      flags,
      written(`where(c, f32 -inf, ${product})`),
      plain(`scale: 1, ${nan}`, "not(c)"),
    ],
    [
      "the lowest number filled in",
      flags,
      written(`where(c, ${product}, f32 -3.4e38)`),
      plain(`scale: 1, ${nan}`, "where(c, f32 0, f32 -3.4e38)"),
    ],
    [
      "filled in and added to",
      `${flags} ${mask}`,
      written(`add(where(c, ${product}, f32 -inf), m)`),
      plain(`scale: 1, ${nan}`, "add(where(c, f32 0, f32 -inf), m)"),
    ],
    ["a softcap", "", written(`mul(tanh(div(mul(${product}, 0.5), 8)), 8)`), plain(`scale: 0.5, softcap: 8, ${nan}`)],
  ])("%s", (_what, more, before, after) => expectRewrite(all, `${inputs()} ${more} ${before}`, after));

  it("with the guard for rows of which all keys are masked", () => {
    const masked = `softmax(add(${product}, m), {axis: 3})`;
    expectRewrite(
      all,
      `${inputs()} m: f32[5,6], p = ${masked}, matmul(where(isNan(p), f32 0, p), v)`,
      plain("scale: 1", "m"),
    );
  });

  it.each(["f16", "bf16"])("with scores cast from %s to f32 and back", (dtype) => {
    const scores = `softmax(add(cast(mul(${product}, 0.5), {to: "f32"}), m), {axis: 3})`.replace("axis: -1", "axis: 3");
    const inner = `cast(${scores}, {to: "${dtype}"})`;
    const early = inner.replace(`cast(mul(${product}, 0.5), {to: "f32"})`, `mul(cast(${product}, {to: "f32"}), 0.5)`);
    expectRewrite(all, `${inputs(dtype)} m: f32[5,6], matmul(${early}, v)`, plain(`scale: 0.5, ${nan}`, "m"));
  });

  it("without an axis of heads", () => {
    expectRewrite(
      all,
      `q: f32[2,5,4], k: f32[2,6,4], v: f32[2,6,3], m: f32[2,5,6], matmul(softmax(add(matmul(q, transpose(k, {permutation: [0, 2, 1]})), m), {axis: 2}), v)`,
      `squeeze(attention(unsqueeze(q, [1]), unsqueeze(k, [1]), unsqueeze(v, [1]), unsqueeze(m, [1]), _, _, _, {scale: 1, ${nan}}), [1])`,
    );
  });
});

describe("what is near an attention and stays as it is", () => {
  const rules = { rules: formAttention };
  it.each([
    ["probabilities used elsewhere", `p = ${last(product)}, matmul(p, v); p`],
    ["scores used elsewhere", `s = ${product}, ${written("s")}; s`],
    ["softmax over another axis", `matmul(softmax(${product}, {axis: 2}), v)`],
    ["a factor that is no scalar", written(`mul(${product}, f32[6] [1, 2, 3, 4, 5, 6])`)],
    ["a factor that is no constant", `s: f32[], ${written(`mul(${product}, s)`)}`],
    ["a divisor of the wrong side", written(`div(2, ${product})`)],
    [
      "a number filled in that leaves something of the score",
      `c: bool[5,6], ${written(`where(c, ${product}, f32 -10000)`)}`,
    ],
    ["a softcap of two numbers", written(`mul(tanh(div(${product}, 8)), 4)`)],
    ["a guard that fills in something else", `p = ${last(product)}, matmul(where(isNan(p), f32 1, p), v)`],
    ["a guard on other probabilities", `p = ${last(product)}, o: f32[2,3,5,6], matmul(where(isNan(o), f32 0, p), v)`],
  ])("%s", (_what, text) => expectNoRewrite(rules, `${inputs()} ${text}`));

  it("a mask that widens the scores", () => {
    const one = inputs().replaceAll("[2,3,", "[1,1,");
    expectNoRewrite(rules, `${one} m: f32[4,1,5,6], ${written(`add(${product}, m)`)}`);
  });

  it("probabilities rounded to f16 between products of f32", () => {
    expectNoRewrite(
      rules,
      `${inputs()} matmul(cast(softmax(cast(${product}, {to: "f16"}), {axis: 3}), {to: "f32"}), v)`,
    );
  });

  it("keys or values that are shared between batches", () => {
    expectNoRewrite(rules, `q: f32[2,3,5,4], k: f32[1,3,6,4], v: f32[1,3,6,2], ${written(product)}`);
  });
});
