// @ts-check
import { SAMPLE_RATE } from "./audio.js";

/**
 * @typedef {{ dtype: "f32", shape: number[], data: Float32Array } | { dtype: "i64", shape: number[], data: BigInt64Array }} Tensor
 *
 * @typedef {object} Session the part of a lanewise model that is used here
 * @property {{ readonly target: string }} info
 * @property {(feeds: Record<string, Tensor>) => Promise<Record<string, unknown>>} run
 * @property {() => unknown} dispose
 */

/** Samples that the network judges at a time, 32 ms. */
export const CHUNK = 512;
/** Samples before the chunk that it sees again. */
const CONTEXT = 64;
const STATE_SHAPE = [2, 1, 128];

/**
 * How likely each chunk of CHUNK samples holds speech, by Silero v5. What the network remembers goes from chunk to chunk.
 * @param {Session} session
 * @param {Float32Array} samples one channel at SAMPLE_RATE; the last chunk is filled up with silence
 * @param {(done: number, total: number) => void} [onProgress]
 * @returns {Promise<number[]>}
 */
export async function speechProbabilities(session, samples, onProgress = () => {}) {
  const total = Math.ceil(samples.length / CHUNK);
  const padded = new Float32Array(CONTEXT + total * CHUNK);
  padded.set(samples, CONTEXT);
  /** @type {Tensor} */
  const sr = { dtype: "i64", shape: [], data: BigInt64Array.of(BigInt(SAMPLE_RATE)) };
  /** @type {Float32Array} */
  let state = new Float32Array(STATE_SHAPE.reduce((a, b) => a * b));
  const probabilities = [];
  for (let i = 0; i < total; i++) {
    onProgress(i, total);
    const data = padded.slice(i * CHUNK, i * CHUNK + CONTEXT + CHUNK);
    const { output, stateN } = await session.run({
      input: { dtype: "f32", shape: [1, CONTEXT + CHUNK], data },
      state: { dtype: "f32", shape: STATE_SHAPE, data: state },
      sr,
    });
    probabilities.push(floats(output, "output")[0]);
    state = floats(stateN, "stateN");
  }
  return probabilities;
}

/**
 * @param {unknown} tensor
 * @param {string} name
 * @returns {Float32Array}
 */
function floats(tensor, name) {
  if (typeof tensor === "object" && tensor !== null && "data" in tensor && tensor.data instanceof Float32Array) {
    return tensor.data;
  }
  throw new Error(`Output "${name}" of the model is no f32 tensor.`);
}
