// @ts-check
// The operators on the hot path of models, at sizes that those have.
// Weights of i8 stay within 7 bits: onnxruntime saturates sums of two products where a processor has no VNNI.
import { float } from "../lib/onnx-file.js";
import { createRandom } from "../lib/random.js";
import { elementCount, tensor } from "../lib/tensors.js";

/** @import { Attribute, ModelSpec, NodeSpec, PortSpec } from "../lib/onnx-file.js" */
/** @import { DType, FeedSpec, Tensor } from "../lib/tensors.js" */

/**
 * @typedef {object} SpeedCase
 * @property {string} name
 * @property {number} opset
 * @property {Readonly<Record<string, number>>} [domains]
 * @property {readonly NodeSpec[]} nodes
 * @property {Readonly<Record<string, FeedSpec>>} feeds
 * @property {Readonly<Record<string, Tensor>>} [constants]
 * @property {readonly string[]} outputs
 * @property {{ rtol: number, atol: number, integers?: number }} [tolerance]
 */

/** @type {(shape: number[]) => FeedSpec} */
const f32 = (shape) => ({ dtype: "f32", shape, fill: "random" });
/** @type {(shape: number[], dtype?: DType) => FeedSpec} */
const ids = (shape, dtype = "i64") => ({ dtype, shape, fill: "ids" });

/**
 * @param {DType} dtype
 * @param {number[]} shape
 * @param {readonly [number, number]} range both ends included for integers
 */
function constant(dtype, shape, [least, most]) {
  const random = createRandom(`${dtype} ${shape}`);
  const one = () => (dtype.startsWith("f") ? least + (most - least) * random.uniform() : random.int(least, most));
  return tensor(dtype, shape, Float64Array.from({ length: elementCount(shape) }, one));
}

/**
 * A case of one node whose inputs are the feeds, then the constants, in order; "" among `names` leaves one out.
 * @param {string} name
 * @param {{ op: string, opset: number, domain?: string, feeds: Record<string, FeedSpec>, constants?: Record<string, Tensor>, names?: string[],
 *   attributes?: Record<string, Attribute>, outputs?: string[], tolerance?: SpeedCase["tolerance"] }} options
 * @returns {SpeedCase}
 */
function single(
  name,
  { op, opset, domain = "", feeds, constants = {}, names, attributes = {}, outputs = ["y"], tolerance },
) {
  const inputs = names ?? [...Object.keys(feeds), ...Object.keys(constants)];
  const node = { op, domain, inputs, outputs, attributes };
  return {
    ...{ name, opset, nodes: [node], feeds, constants, outputs: outputs.filter((output) => output !== "") },
    ...(domain !== "" && { domains: { [domain]: 1 } }),
    ...(tolerance && { tolerance }),
  };
}

const heads = { q: f32([1, 8, 128, 64]), k: f32([1, 8, 128, 64]), v: f32([1, 8, 128, 64]) };
const shared = { q: f32([1, 8, 128, 64]), k: f32([1, 2, 128, 64]), v: f32([1, 2, 128, 64]) };
const cached = {
  ...{ q: f32([1, 8, 1, 64]), k: f32([1, 2, 1, 64]), v: f32([1, 2, 1, 64]) },
  ...{ pastKey: f32([1, 2, 512, 64]), pastValue: f32([1, 2, 512, 64]) },
};
const microsoft = "com.microsoft";

/**
 * The 512th step of a decoder, with room for `capacity` keys in its cache: 511 makes it grow by one.
 * @param {string} name
 * @param {number} capacity
 */
const groupQueryAttention = (name, capacity) =>
  single(name, {
    ...{ op: "GroupQueryAttention", opset: 17, domain: microsoft, outputs: ["y", "key", "value"] },
    attributes: { num_heads: 8, kv_num_heads: 2 },
    feeds: {
      ...{ q: f32([1, 1, 512]), k: f32([1, 1, 128]), v: f32([1, 1, 128]) },
      ...{ pastKey: f32([1, 2, capacity, 64]), pastValue: f32([1, 2, capacity, 64]) },
      ...{ lengths: { dtype: "i32", shape: [1], fill: 511 }, total: { dtype: "i32", shape: [], fill: 512 } },
    },
  });

/** @type {readonly SpeedCase[]} */
const attention = [
  single("attention", { op: "Attention", opset: 23, feeds: heads }),
  single("attention-causal", { op: "Attention", opset: 23, feeds: heads, attributes: { is_causal: 1 } }),
  single("attention-masked", { op: "Attention", opset: 23, feeds: { ...heads, mask: f32([128, 128]) } }),
  single("attention-grouped", { op: "Attention", opset: 23, feeds: shared }),
  single("attention-softcap", { op: "Attention", opset: 23, feeds: heads, attributes: { softcap: float(20) } }),
  single("attention-cache", {
    ...{ op: "Attention", opset: 23, feeds: cached, outputs: ["y", "key", "value"] },
    names: ["q", "k", "v", "", "pastKey", "pastValue"],
  }),
  single("MultiHeadAttention", {
    ...{ op: "MultiHeadAttention", opset: 17, domain: microsoft, attributes: { num_heads: 8 } },
    feeds: { q: f32([1, 128, 512]), k: f32([1, 128, 512]), v: f32([1, 128, 512]) },
  }),
  groupQueryAttention("GroupQueryAttention", 511),
  groupQueryAttention("GroupQueryAttention-capacity", 1024),
  single("RotaryEmbedding", {
    ...{ op: "RotaryEmbedding", opset: 23 },
    feeds: {
      x: f32([1, 8, 128, 64]),
      cos: f32([512, 32]),
      sin: f32([512, 32]),
      positions: { dtype: "i64", shape: [1, 128], fill: "positions" },
    },
  }),
];

/** @type {readonly SpeedCase[]} */
const quantized = [
  ...[4, 8].flatMap((bits) =>
    [1, 32].map((rows) =>
      single(`MatMulNBits-${bits}-m${rows}`, {
        ...{ op: "MatMulNBits", opset: 17, domain: microsoft, attributes: { K: 1024, N: 1024, bits, block_size: 32 } },
        feeds: { x: f32([rows, 1024]) },
        constants: {
          w: constant("u8", [1024, 32, 4 * bits], [0, 255]),
          scales: constant("f32", [1024 * 32], [0.01, 0.02]),
        },
        tolerance: { rtol: 1e-2, atol: 1e-2 },
      }),
    ),
  ),
  ...[1, 32].map((rows) => ({
    name: `dynamic-int8-matmul-m${rows}`,
    ...{ opset: 17, feeds: { x: f32([rows, 1024]) }, outputs: ["y"], tolerance: { rtol: 1e-2, atol: 1e-2 } },
    constants: {
      w: constant("i8", [1024, 1024], [-63, 63]),
      wScale: constant("f32", [], [0.01, 0.01]),
      wZero: constant("i8", [], [0, 0]),
    },
    nodes: [
      { op: "DynamicQuantizeLinear", inputs: ["x"], outputs: ["xq", "xScale", "xZero"] },
      { op: "MatMulInteger", inputs: ["xq", "w", "xZero", "wZero"], outputs: ["sums"] },
      { op: "Cast", inputs: ["sums"], outputs: ["wide"], attributes: { to: 1 } },
      { op: "Mul", inputs: ["xScale", "wScale"], outputs: ["scale"] },
      { op: "Mul", inputs: ["wide", "scale"], outputs: ["y"] },
    ],
  })),
  {
    name: "dynamic-int8-conv",
    ...{ opset: 17, feeds: { x: f32([1, 32, 28, 28]) }, outputs: ["y"], tolerance: { rtol: 1e-2, atol: 1e-2 } },
    constants: {
      w: constant("i8", [32, 32, 3, 3], [-63, 63]),
      wScale: constant("f32", [], [0.01, 0.01]),
      wZero: constant("i8", [], [0, 0]),
    },
    nodes: [
      { op: "DynamicQuantizeLinear", inputs: ["x"], outputs: ["xq", "xScale", "xZero"] },
      {
        op: "ConvInteger",
        inputs: ["xq", "w", "xZero", "wZero"],
        outputs: ["sums"],
        attributes: { pads: [1, 1, 1, 1] },
      },
      { op: "Cast", inputs: ["sums"], outputs: ["wide"], attributes: { to: 1 } },
      { op: "Mul", inputs: ["xScale", "wScale"], outputs: ["scale"] },
      { op: "Mul", inputs: ["wide", "scale"], outputs: ["y"] },
    ],
  },
  {
    name: "qdq-conv",
    ...{ opset: 17, feeds: { x: f32([1, 32, 28, 28]) }, outputs: ["y"], tolerance: { rtol: 5e-2, atol: 5e-2 } },
    constants: {
      ...{
        xScale: constant("f32", [], [0.01, 0.01]),
        xZero: constant("u8", [], [128, 128]),
        yScale: constant("f32", [], [0.05, 0.05]),
      },
      ...{
        w: constant("i8", [32, 32, 3, 3], [-63, 63]),
        wScale: constant("f32", [], [0.005, 0.005]),
        wZero: constant("i8", [], [0, 0]),
      },
    },
    nodes: [
      { op: "QuantizeLinear", inputs: ["x", "xScale", "xZero"], outputs: ["xq"] },
      { op: "DequantizeLinear", inputs: ["xq", "xScale", "xZero"], outputs: ["xd"] },
      { op: "DequantizeLinear", inputs: ["w", "wScale", "wZero"], outputs: ["wd"] },
      { op: "Conv", inputs: ["xd", "wd"], outputs: ["sums"], attributes: { pads: [1, 1, 1, 1] } },
      { op: "QuantizeLinear", inputs: ["sums", "yScale", "xZero"], outputs: ["yq"] },
      { op: "DequantizeLinear", inputs: ["yq", "yScale", "xZero"], outputs: ["y"] },
    ],
  },
];

const table = f32([512, 384]);

/** @type {readonly SpeedCase[]} */
const indexing = [
  single("TopK", {
    op: "TopK",
    opset: 11,
    feeds: { x: f32([16, 4096]) },
    constants: { k: constant("i64", [1], [40, 40]) },
    outputs: ["y", "indexes"],
  }),
  single("OneHot", {
    op: "OneHot",
    opset: 11,
    feeds: { i: ids([512]) },
    constants: { depth: constant("i64", [1], [100, 100]), values: tensor("f32", [2], [0, 1]) },
  }),
  single("Gather", { op: "Gather", opset: 13, feeds: { x: table, i: ids([128]) } }),
  single("GatherElements", { op: "GatherElements", opset: 13, feeds: { x: table, i: ids([512, 384]) } }),
  single("GatherND", { op: "GatherND", opset: 13, feeds: { x: table, i: ids([4096, 2]) } }),
  single("ScatterElements", {
    op: "ScatterElements",
    opset: 18,
    feeds: { x: table, i: { dtype: "i64", shape: [1, 384], fill: "positions" }, u: f32([1, 384]) },
  }),
  single("ScatterElements-add", {
    op: "ScatterElements",
    opset: 18,
    feeds: { x: table, i: ids([128, 384]), u: f32([128, 384]) },
    attributes: { reduction: "add" },
  }),
  single("ScatterND", {
    op: "ScatterND",
    opset: 18,
    feeds: { x: table, i: { dtype: "i64", shape: [64, 1], fill: 7 }, u: f32([64, 384]) },
    attributes: { reduction: "add" },
  }),
  single("Trilu", { op: "Trilu", opset: 14, feeds: { x: f32([8, 256, 256]) }, attributes: { upper: 0 } }),
  single("GridSample", { op: "GridSample", opset: 20, feeds: { x: f32([1, 16, 64, 64]), grid: f32([1, 64, 64, 2]) } }),
];

/** @type {readonly SpeedCase[]} */
const recurrent = [
  ["LSTM", 4],
  ["GRU", 3],
  ["RNN", 1],
].map(([op, gates]) =>
  single(String(op), {
    ...{ op: String(op), opset: 14, attributes: { hidden_size: 128 }, outputs: ["y"] },
    feeds: { x: f32([32, 1, 128]) },
    constants: {
      w: constant("f32", [1, 128 * Number(gates), 128], [-0.1, 0.1]),
      r: constant("f32", [1, 128 * Number(gates), 128], [-0.1, 0.1]),
    },
  }),
);

export const speedCases = [...attention, ...quantized, ...indexing, ...recurrent];

/**
 * @param {SpeedCase} spec
 * @returns {ModelSpec}
 */
export function modelOf({ opset, domains = {}, nodes, feeds, constants = {}, outputs }) {
  /** @type {Record<string, PortSpec>} */
  const inputs = Object.fromEntries(Object.entries(feeds).map(([name, { dtype, shape }]) => [name, { dtype, shape }]));
  return {
    opset,
    domains,
    nodes,
    inputs,
    outputs: Object.fromEntries(outputs.map((name) => [name, undefined])),
    initializers: constants,
  };
}
