import { describe, expect, it, test } from "vitest";
import { parseGraph } from "../graph/parse.ts";
import { printGraph } from "../graph/print.ts";
import { ops } from "../ops/index.ts";
import { settleSizes } from "./settle-sizes.ts";

const settled = (text: string): string => printGraph(settleSizes(parseGraph(text, ops)), { origins: false });

describe("settleSizes", () => {
  it("makes literals of what follows from a size", () => {
    const text = settled(`graph g(x: f32[C,4], total: i64[1]) {
      %0 = slice(shapeOf(x), [0], [1], _, _)
      %1 = sub(max(%0, total), %0)
      return y: pad(x, concat([0], %1, {axis: 0}), _, [0], {mode: "constant"})
    }`);
    expect(text).toContain("pad(x, [0, -C+max(C,total[0])], _, [0], {");
    expect(text).toContain("# f32[max(C,total[0]),4]");
  });

  it("makes literals of inputs that are sizes themselves, and of multiples", () => {
    expect(settled("graph g(x: f32[1], n: i64[2]) { return y: expand(x, n) }")).toContain("expand(x, [n[0], n[1]])");
    expect(settled("graph g(x: f32[3], n: i64[1]) { return y: tile(x, n) }")).toContain("tile(x, [n[0]])");
  });

  it("leaves what says more than sizes do: a plan must not be made for it", () => {
    const text = `graph g(x: f32[8,4], n: i64[1], start: i64[1]) {
      %0 = pad(x, concat([0], max(n, 0), {axis: 0}), _, [0], {mode: "constant"})
      return y: add(slice(%0, start, add(start, 1), [0], _), f32 1)
    }`;
    expect(settled(text)).toContain("add(start, ");
    expect(settled(text)).toContain("[0, max(n[0],0)]");
  });

  test.each([
    ["sizes that shapes tell", "graph g(x: f32[N], k: i64[1]) { return y: reshape(x, [1, N]), z: add(k, 1) }"],
    ["elements that no size depends on", "graph g(x: f32[5], k: i64[1]) { return y: gather(x, k, {axis: 0}) }"],
    ["a shape that may hold -1", "graph g(x: f32[6], k: i64[2]) { return y: reshape(x, k) }"],
    ["inputs of many elements", "graph g(x: f32[1], k: i64[9]) { return y: expand(x, k) }"],
  ])("leaves %s", (_what, text) => {
    const graph = parseGraph(text, ops);
    expect(printGraph(settleSizes(graph))).toBe(printGraph(graph));
  });
});
