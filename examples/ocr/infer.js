// @ts-check

/** @import { FloatTensor, Session } from "./types.js" */

/**
 * Runs a model that has one f32 input and one f32 output.
 * @param {Session} session
 * @param {number[]} shape
 * @param {Float32Array} data
 * @returns {Promise<FloatTensor>}
 */
export async function infer(session, shape, data) {
  const [input] = session.inputs;
  const [output] = session.outputs;
  if (!input || !output) throw new Error("The model has no input or no output: expected one of each.");
  const results = await session.run({ [input.name]: { dtype: "f32", shape, data } });
  const result = results[output.name];
  if (!isFloatTensor(result)) throw new Error(`Output "${output.name}" of the model is no f32 tensor.`);
  return result;
}

/**
 * @param {unknown} value
 * @returns {value is FloatTensor}
 */
function isFloatTensor(value) {
  return (
    typeof value === "object" &&
    value !== null &&
    "shape" in value &&
    Array.isArray(value.shape) &&
    "data" in value &&
    value.data instanceof Float32Array
  );
}
