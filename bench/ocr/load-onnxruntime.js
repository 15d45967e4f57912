// @ts-check
import { InferenceSession, Tensor } from "onnxruntime-node";

/** @import { Session } from "../../examples/ocr/types.js" */

/**
 * Opens a model with onnxruntime-node, in the shape that examples/ocr expects of lanewise. Tensors are f32.
 * @param {string} path
 * @returns {Promise<Session>}
 */
export async function loadOnnxruntime(path) {
  const session = await InferenceSession.create(path);
  return {
    inputs: session.inputNames.map((name) => ({ name })),
    outputs: session.outputNames.map((name) => ({ name })),
    info: { target: "onnxruntime-node" },
    async run(feeds) {
      const tensors = Object.entries(feeds).map(([name, { data, shape }]) => [
        name,
        new Tensor("float32", data, shape),
      ]);
      const results = await session.run(Object.fromEntries(tensors));
      const outputs = Object.entries(results).map(([name, { type, dims, data }]) => {
        if (type !== "float32") throw new Error(`onnxruntime-node gave output "${name}" as ${type}: expected float32.`);
        return [name, { dtype: "f32", shape: dims, data }];
      });
      return Object.fromEntries(outputs);
    },
    dispose: () => session.release(),
  };
}
