import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findCases } from "../../src/cli/find-cases.ts";
import { onnxFamilies } from "../../src/formats/onnx/ops/index.ts";
import { root } from "../support/shared-data.ts";
import type { CorpusModel, Vocabulary } from "./mutate.ts";

const ours = ["test/testdata", "src/formats/onnx/testdata"];
/** How often each of our own models stands among the others, of which there are many, each of one node. */
const weight = 10;
const largestModel = 20_000;

/** Small models to damage: ours, those that the reader is tested with, and ONNX's node cases: Debian's, or those in LANEWISE_FUZZ_MODELS. */
export function corpus(): CorpusModel[] {
  const own = ours.flatMap((folder) =>
    readdirSync(join(root, folder)).flatMap((name) => (name.endsWith(".onnx") ? [join(root, folder, name)] : [])),
  );
  const more = process.env["LANEWISE_FUZZ_MODELS"] ?? "/usr/share/libonnx-testdata/data/node";
  const cases = existsSync(more) ? findCases(more).flatMap(({ model }) => (model === undefined ? [] : [model])) : [];
  return [...Array.from({ length: weight }, () => own).flat(), ...cases].flatMap((path) => {
    const bytes = new Uint8Array(readFileSync(path));
    return bytes.length > largestModel ? [] : [{ name: path, bytes }];
  });
}

const layouts = ["", "SAME_UPPER", "VALID", "bidirectional", "reverse", "DCR", "CRD", "LEFT", "ij,jk->ik", "...i->i"];
const modes = ["linear", "cubic", "nearest", "half_pixel", "align_corners", "floor", "sum", "mean", "none", "tanh"];
const paddings = ["reflect", "edge", "wrap", "constant", "zeros", "border", "add", "mul", "max", "Relu", "Affine"];

export const vocabulary = (): Vocabulary => ({
  operators: onnxFamilies.flatMap(({ entries }) => Object.keys(entries)),
  texts: [...layouts, ...modes, ...paddings],
});
