// The models that the tests of the public API load, and helpers around them.
import type { Tensor } from "../../tensor/tensor.ts";
import type { TestModel } from "./onnx-model.ts";
import { onnxModel } from "./onnx-model.ts";

/** y = relu(x + [1, -2]), with x: f32[N,2]. */
export const small: TestModel = {
  inputs: { x: "f32[N,2]" },
  initializers: { bias: { type: "f32[2]", float_data: [1, -2] } },
  nodes: [
    { op: "Add", name: "/add", inputs: ["x", "bias"], outputs: ["sum"] },
    { op: "Relu", name: "/relu", inputs: ["sum"], outputs: ["y"] },
  ],
  outputs: ["y"],
};

export const smallBytes = (): Uint8Array => onnxModel(small);
export const smallFeeds = { x: { dtype: "f32", shape: [2, 2], data: Float32Array.of(0, 1, 2, 3) } } as const;
/** What `small` gives for them. */
export const smallResult: Tensor = { dtype: "f32", shape: [2, 2], data: Float32Array.of(1, 0, 3, 1) };

/** The same model with its bias in bytes 4 to 12 of weights/bias 1.bin. */
export const externalModel: TestModel = {
  ...small,
  initializers: {
    bias: {
      type: "f32[2]",
      data_location: 1,
      external_data: [
        { key: "location", value: "weights/bias 1.bin" },
        { key: "offset", value: "4" },
        { key: "length", value: "8" },
      ],
    },
  },
};
export const externalName = "weights/bias 1.bin";
export const externalFile = (): Uint8Array => new Uint8Array(Float32Array.of(9, 1, -2, 9).buffer);

/** `length` sines one after the other on x: f32[N]. */
export function chain(length: number): TestModel {
  const nodes = Array.from({ length }, (_unused, i) => ({
    op: "Sin",
    inputs: [i === 0 ? "x" : `t${i}`],
    outputs: [i === length - 1 ? "y" : `t${i + 1}`],
  }));
  return { inputs: { x: "f32[N]" }, nodes, outputs: ["y"] };
}

/** What a promise rejects with; fails when it does not. */
export async function rejection(promise: Promise<unknown>): Promise<Error & { readonly code?: string }> {
  const result = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (result instanceof Error) return result;
  throw new Error(`The promise did not reject with an error: ${String(result)}`);
}
