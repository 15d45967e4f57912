import { describe, it } from "vitest";
import { expectNoRewrite, expectRewrite } from "../testdata/check-examples.ts";
import { delayExpands } from "./delay-expands.ts";

const rewriting = { simplifiers: [delayExpands] };

describe("delay-expands", () => {
  it.each([
    ["y: f32[3,1], add(x, expand(y, [2, 3, 4]))", "add(x, y)"],
    ["y: f32[B,1], z: f32[B,N], min(expand(y, [B, N]), z)", "min(y, z)"],
    ["c: bool[4], where(expand(c, [3, 4]), x, x)", "where(c, x, x)"],
    [
      "q: f32[B,4,S,8], k: f32[B,4,T,8], m: f32[B,1,1,T], attention(q, k, k, expand(m, [B, 1, S, T]), _, _, _, {scale: 1})",
      "attention(q, k, k, m, _, _, _, {scale: 1})",
    ],
    ['y: i64[B,1,1,S], cast(expand(y, [B, 1, S, S]), {to: "f32"})', 'expand(cast(y, {to: "f32"}), [B, 1, S, S])'],
    ["y: f32[1,3], sub(1, expand(y, [2, 3]))", "expand(sub(1, y), [2, 3])"],
    [
      "y: bool[1,3], z: f32[1,3], where(expand(y, [2, 3]), f32 -1, expand(z, [2, 3]))",
      "expand(where(y, f32 -1, z), [2, 3])",
    ],
    ["y: f32[1,3], z: f32[3], add(expand(y, [2, 3]), z)", "expand(add(y, z), [2, 3])"],
  ])("%s => %s", (before, after) => expectRewrite(rewriting, before, after));

  it("leaves expansions before operators that do not broadcast, and to shapes that are not known", () => {
    expectNoRewrite(rewriting, "y: f32[1,3], softmax(expand(y, [2, 3]), {axis: 0})");
    expectNoRewrite(rewriting, "y: f32[1,3], n: i64[2], neg(expand(y, n))");
  });
});
