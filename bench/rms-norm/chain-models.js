// @ts-check
// Chains of rms-norms as exporters spell them.
import { float, onnxFile } from "../lib/onnx-file.js";
import { createRandom } from "../lib/random.js";
import { tensor } from "../lib/tensors.js";

/** @import { NodeSpec } from "../lib/onnx-file.js" */
/** @import { DType, Tensor } from "../lib/tensors.js" */

/**
 * @typedef {object} Spelling
 * @property {string} name
 * @property {DType} dtype of input, scale and output
 * @property {number} opset
 * @property {(i: number, x: string, y: string) => NodeSpec[]} norm the nodes of norm i
 */

const epsilon = 1e-5;

/**
 * A node with one output.
 * @param {string} op
 * @param {readonly string[]} inputs
 * @param {string} output
 * @param {NodeSpec["attributes"]} [attributes]
 * @returns {NodeSpec}
 */
const node = (op, inputs, output, attributes = {}) => ({ op, inputs, outputs: [output], attributes });

/** @type {readonly Spelling[]} */
export const spellings = [
  {
    name: "opset 23 RMSNormalization",
    dtype: "f32",
    opset: 23,
    norm: (_, x, y) => [node("RMSNormalization", [x, "scale"], y, { axis: -1, epsilon: float(epsilon) })],
  },
  {
    name: "opset 17 composition",
    dtype: "f32",
    opset: 17,
    norm: (i, x, y) => [
      node("Pow", [x, "two"], `square${i}`),
      node("ReduceMean", [`square${i}`], `mean${i}`, { axes: [-1], keepdims: 1 }),
      node("Add", [`mean${i}`, "epsilon"], `biased${i}`),
      node("Sqrt", [`biased${i}`], `root${i}`),
      node("Div", [x, `root${i}`], `normal${i}`),
      node("Mul", [`normal${i}`, "scale"], y),
    ],
  },
  {
    name: "SimplifiedLayerNormalization",
    dtype: "f32",
    opset: 17,
    norm: (_, x, y) => [node("SimplifiedLayerNormalization", [x, "scale"], y, { axis: -1, epsilon: float(epsilon) })],
  },
  {
    name: "composition with casts, f16",
    dtype: "f16",
    opset: 17,
    norm: (i, x, y) => [
      node("Cast", [x], `wide${i}`, { to: 1 }),
      node("Pow", [`wide${i}`, "two"], `square${i}`),
      node("ReduceMean", [`square${i}`], `mean${i}`, { axes: [-1], keepdims: 1 }),
      node("Add", [`mean${i}`, "epsilon"], `biased${i}`),
      node("Sqrt", [`biased${i}`], `root${i}`),
      node("Div", ["one", `root${i}`], `inverse${i}`),
      node("Mul", [`wide${i}`, `inverse${i}`], `normal${i}`),
      node("Cast", [`normal${i}`], `narrow${i}`, { to: 10 }),
      node("Mul", ["scale", `narrow${i}`], y),
    ],
  },
];

/**
 * The ONNX file of `count` norms in a row over one row of `size` elements.
 * @param {Spelling} spelling
 * @param {{ count: number, size: number }} chain
 */
export function chainModel({ dtype, opset, norm }, { count, size }) {
  const random = createRandom("scale");
  const scale = tensor(
    dtype,
    [size],
    Float64Array.from({ length: size }, () => 0.9 + 0.2 * random.uniform()),
  );
  const value = (/** @type {number} */ i) => (i === 0 ? "x" : i === count ? "y" : `x${i}`);
  const nodes = Array.from({ length: count }, (_, i) => norm(i, value(i), value(i + 1))).flat();
  const used = new Set(nodes.flatMap(({ inputs }) => inputs));
  /** @type {Record<string, Tensor>} */
  const constants = {
    scale,
    two: tensor("f32", [], [2]),
    one: tensor("f32", [], [1]),
    epsilon: tensor("f32", [], [epsilon]),
  };
  return onnxFile({
    opset,
    nodes,
    inputs: { x: { dtype, shape: [1, size] } },
    outputs: { y: { dtype, shape: [1, size] } },
    initializers: Object.fromEntries(Object.entries(constants).filter(([name]) => used.has(name))),
  });
}
