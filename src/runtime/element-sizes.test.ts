import { describe, expect, it, test } from "vitest";
import { parseGraph } from "../graph/parse.ts";
import { ops } from "../ops/index.ts";
import { runPipeline } from "../passes/pipeline.ts";
import { buildPlan } from "../plan/build-plan.ts";
import type { Plan } from "../plan/plan.ts";
import { fromNumbers } from "../tensor/numbers.ts";
import { ElementSizes } from "./element-sizes.ts";

const planOf = (text: string): Plan => buildPlan(runPipeline(parseGraph(text, ops)));
const sizesOf = (plan: Plan): ElementSizes => {
  const sizes = ElementSizes.of(plan);
  if (sizes === undefined) throw new Error("no size depends on elements");
  return sizes;
};
const i64 = (...values: number[]) => fromNumbers("i64", [values.length], values);

/** A cache of N rows that is made as long as `total` says, and a row of it. */
const cache = planOf(`graph g(x: f32[N,4], total: i64[1], row: i64[1]) {
  %0 = slice(shapeOf(x), [0], [1], _, _)
  %1 = pad(x, concat([0], sub(max(%0, total), %0), {axis: 0}), _, [0], {mode: "constant"})
  return y: gather(%1, row, {axis: 0}), all: %1
}`);

describe("ElementSizes", () => {
  const sizes = sizesOf(cache);
  const x = fromNumbers("f32", [8, 4], new Array<number>(32).fill(1));
  const boundFor = (total: number) => {
    const bindings = new Map([["N", 8]]);
    sizes.bind([x, i64(total), i64(3)], bindings);
    return bindings;
  };

  it("binds the elements that sizes depend on, and no others", () => {
    expect([...boundFor(5)]).toEqual([
      ["N", 8],
      ["total[0]", 5],
    ]);
  });

  it("tells runs apart by what sizes come to, not by the elements", () => {
    const isLike = sizes.matcher(boundFor(5));
    expect([1, 5, 8, -3].map((total) => isLike([x, i64(total), i64(7)]))).toEqual([true, true, true, true]);
    expect([9, 12].map((total) => isLike([x, i64(total), i64(7)]))).toEqual([false, false]);
    expect(sizes.sizes(boundFor(5))).toEqual(sizes.sizes(boundFor(8)));
    expect(sizes.sizes(boundFor(5))).not.toEqual(sizes.sizes(boundFor(9)));
  });

  it("cuts elements to what a dim may be", () => {
    const bindings = new Map([["N", 8]]);
    sizes.bind([x, { dtype: "i64", shape: [1], data: BigInt64Array.of(2n ** 63n - 1n) }, i64(0)], bindings);
    expect(bindings.get("total[0]")).toBe(Number.MAX_SAFE_INTEGER);
  });
});

test.each([
  ["shapes tell all sizes", "graph g(x: f32[N,4], k: i64[1]) { return y: gather(x, k, {axis: 0}) }"],
  ["there is no input", "graph g() { return y: f32 1 }"],
])("there are none where %s", (_what, text) => {
  expect(ElementSizes.of(planOf(text))).toBeUndefined();
});

test("bodies ask for the elements themselves", () => {
  const plan = planOf(`graph g(n: i64[1], flag: bool[]) {
    %0 = expand(f32 2, max(n, 3))
    %1 = conditional(flag, %0, {
      thenBranch: graph yes(a: f32[max(n[0],3)]) { return r: exp(a) },
      elseBranch: graph no(a: f32[max(n[0],3)]) { return r: neg(a) }
    })
    return y: %1.0
  }`);
  const sizes = sizesOf(plan);
  const bindings = new Map<string, number>();
  sizes.bind([i64(1), fromNumbers("bool", [], [1])], bindings);
  expect(sizes.matcher(bindings)([i64(2), fromNumbers("bool", [], [1])])).toBe(false);
  expect(sizes.matcher(bindings)([i64(1), fromNumbers("bool", [], [0])])).toBe(true);
});
