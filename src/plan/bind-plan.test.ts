import { describe, expect, it } from "vitest";
import { wasmSimd128 } from "../codegen/wasm/targets.ts";
import { parseGraph } from "../graph/parse.ts";
import { ops } from "../ops/index.ts";
import { LimitError, ShapeError } from "../tensor/errors.ts";
import { bindPlan } from "./bind-plan.ts";
import { buildPlan } from "./build-plan.ts";
import type { Plan } from "./plan.ts";

const planOf = (inputs: string, ...lines: string[]): Plan =>
  buildPlan(parseGraph(`graph g(${inputs}) {\n${lines.join("\n")}\n}`, ops));
const bound = (plan: Plan, sizes: Record<string, number>, limit?: number) =>
  bindPlan(plan, new Map(Object.entries(sizes)), limit === undefined ? {} : { maxArenaBytes: limit });

describe("bindPlan", () => {
  const plan = planOf("x: f32[N,4]", "%0 = exp(x)", "%1 = reshape(%0, [4, N])", "%2 = neg(%1)", "return y: abs(%2)");

  it("decides sizes, offsets and literals from the symbols", () => {
    const [input, exp, shape, view, neg, abs] = plan.values.map((_value, i) => i);
    const { offsets, bytes, literals, arenaBytes } = bound(plan, { N: 8 });
    expect(bytes[exp as number]).toBe(8 * 4 * 4);
    expect(literals.get(shape as number)).toEqual({ dtype: "i64", shape: [2], data: BigInt64Array.of(4n, 8n) });
    expect(offsets[view as number]).toBe(offsets[exp as number]);
    expect(offsets[neg as number]).not.toBe(offsets[exp as number]);
    expect([offsets[input as number], offsets[shape as number], offsets[abs as number]]).toEqual([-1, -1, -1]);
    expect(arenaBytes).toBe(256);
    expect(bound(plan, { N: 800 }).arenaBytes).toBe(2 * 800 * 16);
  });

  it("binds empty tensors to no bytes", () => {
    expect(bound(plan, { N: 0 }).arenaBytes).toBe(0);
  });

  it("runs each step on its own where grouping is off", () => {
    const chain = planOf("x: f32[N,4], w: f32[4,5]", "%0 = matmul(x, w)", "%1 = exp(%0)", "return y: abs(%1)");
    const covers = (group: boolean) =>
      bindPlan(chain, new Map([["N", 3]]), { target: wasmSimd128, group }).steps.map((step) => [...step.covers]);
    expect(covers(true)).toEqual([[0, 1, 2]]);
    expect(covers(false)).toEqual([[0], [1], [2]]);
  });

  it("packs small types", () => {
    const packed = planOf("x: i4[5]", "%0 = concat(x, x, {axis: 0})", "return y: concat(%0, x, {axis: 0})");
    expect(bound(packed, {}).bytes.filter((count) => count > 0)).toEqual([5]);
  });

  it("refuses an arena or a result over the limit", () => {
    expect(() => bound(plan, { N: 800 }, 25600)).not.toThrow();
    expect(() => bound(plan, { N: 800 }, 25599)).toThrow(LimitError);
    expect(() => bound(plan, { N: 800 }, 25599)).toThrow(
      "The plan needs an arena of 25600 bytes, more than limits.maxArenaBytes = 25599.",
    );
    const large = planOf("x: f32[N,1]", "return y: expand(x, [N, 1000000000])");
    expect(() => bound(large, { N: 1 }, 1e9)).toThrow(
      /expand "": its result f32\[N,1000000000\] takes memory of 4000000000 bytes/,
    );
  });

  it("reports a dim that no input tells, with the step that needs it", () => {
    expect(() => bound(plan, {})).toThrow(ShapeError);
    expect(() => bound(plan, {})).toThrow(
      'exp "": the dim N of f32[N,4] cannot be told from the inputs\' shapes: N is open.',
    );
    const literal = planOf("x: f32[4]", "return y: expand(x, [N, 4])");
    expect(() => bound(literal, {})).toThrow('expand "": the dim N of');
  });

  it("reports sizes that do not fit together, with the step where they meet", () => {
    const sum = planOf("x: f32[N], y: f32[M]", "return z: exp(add(x, y))");
    expect(bound(sum, { N: 1, M: 3 }).arenaBytes).toBe(64);
    expect(() => bound(sum, { N: 2, M: 3 })).toThrow(
      'add "": the dim broadcast(M,N) of f32[broadcast(M,N)] has no size for N=2, M=3: the shapes do not fit together.',
    );
  });
});
