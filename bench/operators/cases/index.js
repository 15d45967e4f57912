// @ts-check
import { createRandom } from "../../lib/random.js";
import { elementwise } from "./elementwise.js";
import { indexing } from "./indexing.js";
import { linear } from "./linear.js";
import { movement } from "./movement.js";
import { quantized } from "./quantized.js";
import { reductions } from "./reductions.js";

/** @import { ModelSpec } from "../../lib/onnx-file.js" */
/** @import { Tensor } from "../../lib/tensors.js" */
/** @import { Case, Family } from "./make.js" */

/** @type {readonly Family[]} */
const families = [...elementwise, ...reductions, ...movement, ...indexing, ...linear, ...quantized];

/**
 * The case that follows from a seed.
 * @param {number} seed
 * @returns {Case & { family: string }}
 */
export function caseOf(seed) {
  const random = createRandom(`case ${seed}`);
  const total = families.reduce((sum, { weight }) => sum + weight, 0);
  let rest = random.uniform() * total;
  const family = families.find(({ weight }) => {
    rest -= weight;
    return rest < 0;
  });
  const { name, make } = family ?? families[0];
  return { family: name, ...make(random) };
}

/**
 * A case as a model of one node, and its feeds. Some dims of its inputs are symbols, by the seed.
 * @param {Case} spec
 * @param {number} seed
 * @returns {{ model: ModelSpec, feeds: Record<string, Tensor> }}
 */
export function modelOf({ op, domain = "", opset, inputs, constants = [], outputs = 1, attributes }, seed) {
  const random = createRandom(`model ${seed}`);
  const symbolic = random.chance(0.3);
  const names = inputs.map((input, i) => (input === undefined ? "" : `in${i}`));
  const results = Array.from({ length: outputs }, (_, i) => `out${i}`);
  const named = inputs.flatMap((input, i) => (input === undefined ? [] : [{ i, name: `in${i}`, tensor: input }]));
  const fed = named.filter(({ i }) => !constants.includes(i));
  /** @type {ModelSpec} */
  const model = {
    opset,
    ...(domain !== "" && { domains: { [domain]: 1 } }),
    nodes: [{ op, domain, inputs: names, outputs: results, attributes }],
    inputs: Object.fromEntries(
      fed.map(({ name, i, tensor }) => {
        const shape = tensor.shape.map((dim, axis) => (symbolic && random.chance(0.5) ? `d${i}_${axis}` : dim));
        return [name, { dtype: tensor.dtype, shape }];
      }),
    ),
    outputs: Object.fromEntries(results.map((name) => [name, undefined])),
    initializers: Object.fromEntries(
      named.filter(({ i }) => constants.includes(i)).map(({ name, tensor }) => [name, tensor]),
    ),
  };
  return { model, feeds: Object.fromEntries(fed.map(({ name, tensor }) => [name, tensor])) };
}
