// @ts-check
import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { dtypes } from "./tensors.js";

/** @import { DType, Tensor } from "./tensors.js" */

/**
 * @typedef {object} Session a loaded model, whatever runs it
 * @property {string} engine
 * @property {(feeds: Record<string, Tensor>) => any} prepare turns feeds into what `run` takes, once
 * @property {(prepared: any) => Promise<any>} run
 * @property {((prepared: any) => any) | undefined} runSync
 * @property {(results: any) => Record<string, Tensor>} outputs
 * @property {() => Record<string, unknown>} info what the engine tells about the model, after a run
 * @property {() => unknown} dispose
 *
 * @typedef {object} LoadOptions
 * @property {boolean} [optimise] false leaves the graph as it is in the file
 * @property {Record<string, readonly number[]>} [shapes] of the inputs, for engines that prepare for them
 *
 * @typedef {object} Engine
 * @property {string} name
 * @property {(path: string, options?: LoadOptions) => Promise<Session>} load
 */

const root = new URL("../", import.meta.url);

/**
 * Versions of all that is compared.
 * @returns {Record<string, string>}
 */
export function engineVersions() {
  const version = (/** @type {string} */ path) => JSON.parse(readFileSync(new URL(path, root), "utf8")).version;
  return {
    lanewise: version("../package.json"),
    "onnxruntime-node": version("node_modules/onnxruntime-node/package.json"),
    "onnxruntime-web": version("node_modules/onnxruntime-web/package.json"),
  };
}

/**
 * The file with a model's weights beside it, where there is one.
 * @param {string} path
 */
export const externalData = (path) => (existsSync(`${path}.data`) ? `${path}.data` : undefined);

export const peers = /** @type {const} */ (["onnxruntime-node", "onnxruntime-web"]);

/**
 * Imports an engine: "onnxruntime-node", "onnxruntime-web" (WebAssembly), or "lanewise/TARGET". Each runs on one thread.
 * @param {string} name
 * @returns {Promise<Engine>}
 */
export async function importEngine(name) {
  if (name.startsWith("lanewise/")) return importLanewise(name);
  if (name === "onnxruntime-node" || name === "onnxruntime-web") return importOnnxruntime(name);
  throw new Error(`There is no engine "${name}": expected ${peers.join(", ")} or lanewise/TARGET.`);
}

/**
 * @param {string} name
 * @returns {Promise<Engine>}
 */
async function importLanewise(name) {
  const { load } = await import("lanewise");
  const target = name.slice("lanewise/".length);
  return {
    name,
    async load(path, { optimise = true, shapes } = {}) {
      const model = await load(path, { target, threads: 1, fuse: optimise, shapes });
      return {
        engine: name,
        prepare: (feeds) => feeds,
        run: (feeds) => model.run(feeds),
        runSync: (feeds) => model.runSync(feeds),
        outputs: (results) => results,
        info: () => ({ ...model.info }),
        dispose: () => model.dispose(),
      };
    },
  };
}

/**
 * @param {"onnxruntime-node" | "onnxruntime-web"} name
 * @returns {Promise<Engine>}
 */
async function importOnnxruntime(name) {
  const ort = name === "onnxruntime-node" ? await import("onnxruntime-node") : await import("onnxruntime-web");
  ort.env.logLevel = "error";
  if (name === "onnxruntime-web") ort.env.wasm.numThreads = 1;
  /** @type {import("onnxruntime-node").InferenceSession.SessionOptions} */
  const onOneThread = {
    executionProviders: [name === "onnxruntime-node" ? "cpu" : "wasm"],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: "sequential",
    logSeverityLevel: 4,
  };
  return {
    name,
    async load(path, { optimise = true } = {}) {
      const external = name === "onnxruntime-web" ? externalData(path) : undefined;
      const session = await ort.InferenceSession.create(path, {
        ...onOneThread,
        ...(external !== undefined && { externalData: [{ path: basename(external), data: readFileSync(external) }] }),
        graphOptimizationLevel: optimise ? "all" : "disabled",
      });
      return {
        engine: name,
        prepare: (feeds) => {
          const tensors = Object.entries(feeds).map(([input, tensor]) => [input, ortTensor(ort, tensor)]);
          return Object.fromEntries(tensors);
        },
        run: (feeds) => session.run(feeds),
        runSync: undefined,
        outputs: fromOrt,
        info: () => ({}),
        dispose: () => session.release(),
      };
    },
  };
}

/**
 * @param {{ Tensor: typeof import("onnxruntime-node").Tensor }} ort
 * @param {Tensor} tensor
 */
function ortTensor({ Tensor: OrtTensor }, { dtype, shape, data }) {
  const Float16 = /** @type {any} */ (globalThis)["Float16Array"];
  const isBits = dtype === "f16" && Float16 !== undefined;
  const elements = isBits ? new Float16(data.buffer, data.byteOffset, data.length) : data;
  return new OrtTensor(/** @type {any} */ (dtypes[dtype].ort), elements, [...shape]);
}

const fromOrtName = new Map(
  Object.entries(dtypes).map(([dtype, { ort }]) => [/** @type {string} */ (ort), /** @type {DType} */ (dtype)]),
);

/**
 * @param {Record<string, import("onnxruntime-node").Tensor>} results
 * @returns {Record<string, Tensor>}
 */
function fromOrt(results) {
  const outputs = Object.entries(results).map(([name, { type, dims, data }]) => {
    const dtype = fromOrtName.get(type);
    if (dtype === undefined)
      throw new Error(`onnxruntime gave output "${name}" as ${type}, which is not compared here.`);
    const view = /** @type {any} */ (data);
    const elements = dtype === "f16" ? new Uint16Array(view.buffer, view.byteOffset, view.length) : data;
    return [name, { dtype, shape: dims, data: elements }];
  });
  return Object.fromEntries(outputs);
}
