import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { wasmSimd128 } from "../codegen/wasm/targets.ts";
import { readModel } from "../formats/onnx/model.ts";
import { isExternal } from "../formats/onnx/tensor.ts";
import { testPath } from "./testdata/run-cli.ts";
import { whatRuns } from "./what-runs.ts";

const read = () => readModel(readFileSync(testPath("model.onnx")));
const place = { name: "wasm-simd128", target: wasmSimd128, dims: new Map([["batch", 3]]) };

test("a plan tells it without the weights that lie in other files", () => {
  const model = read();
  const initializer = model.graph.initializer.map((tensor) => ({ ...tensor, dataLocation: 1, rawData: undefined }));
  expect(initializer.every(isExternal)).toBe(true);
  const places = whatRuns({ ...model, graph: { ...model.graph, initializer } }, place);
  expect(places).toEqual(whatRuns(read(), place));
  expect(places.get(":MatMul")).toBe("wasm-simd128");
});

test("everything is evaluated where there is no target", () => {
  expect(new Set(whatRuns(read(), { ...place, name: "eval", target: undefined }).values())).toEqual(new Set(["eval"]));
});

test("what cannot be planned is taken to have kernels, but for bodies", () => {
  const places = whatRuns(readModel(readFileSync(testPath("unsupported.onnx"))), place);
  expect(Object.fromEntries(places)).toEqual({
    ":If": "eval",
    "ex.ample:Frobnicate": "wasm-simd128, eval",
    ":Relu": "eval",
    ":Add": "wasm-simd128",
  });
});
