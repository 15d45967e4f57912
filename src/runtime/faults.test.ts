import { expect, test } from "vitest";
import { wasmSimd128 } from "../codegen/wasm/targets.ts";
import type { Op } from "../graph/op.ts";
import { parseGraph } from "../graph/parse.ts";
import { ops } from "../ops/index.ts";
import { buildPlan } from "../plan/build-plan.ts";
import { ShapeError } from "../tensor/errors.ts";
import { numbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { WasmHost } from "./hosts/wasm/wasm-host.ts";
import { defaultRunLimits } from "./limits.ts";
import { Model } from "./model.ts";

const text = `graph g(table: f32[5,3], at: i64[N]) {
%0 = add(table, 1)
%1 = gather(%0, at, {axis: 0})
%2 = mul(%1, 2)
return y: %2
}`;

const table = Float32Array.from({ length: 15 }, (_, i) => i);

function modelOn(target: string): Model {
  const host = target === "eval" ? undefined : new WasmHost(wasmSimd128);
  const info = { target, threads: 1, reasons: [], warnings: [] };
  const resolveOp = (name: string) => ops[name as keyof typeof ops] as Op;
  return new Model({ plan: buildPlan(parseGraph(text, ops)), resolveOp, limits: defaultRunLimits, info, host });
}

const messageOf = async (model: Model, at: readonly number[]): Promise<string> => {
  const error: unknown = await model.run({ table, at: at.map(BigInt) }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ShapeError);
  return (error as ShapeError).message;
};

test("an index that kernels cannot take is told as eval tells it, and the model goes on", async () => {
  const [kernels, evaluated] = [modelOn("wasm-simd128"), modelOn("eval")];
  for (const at of [[0, 5], [-6], [1, 2 ** 40]]) {
    const message = await messageOf(kernels, at);
    expect(message).toBe(await messageOf(evaluated, at));
    expect(message).toContain(`index ${at.at(-1)} is out of range`);
  }
  const { y } = await kernels.run({ table, at: [-1n, 0n] });
  expect(Array.from(numbers(y as Tensor))).toEqual([26, 28, 30, 2, 4, 6]);
  kernels.dispose();
});
