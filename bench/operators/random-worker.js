// @ts-check
// A process of its own for a range of seeds: one line of JSON for each case. It may die with onnxruntime-node; the parent goes on behind.
import { mkdtempSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LanewiseError } from "lanewise";
import { importEngine } from "../lib/engines.js";
import { onnxFile } from "../lib/onnx-file.js";
import { compareOutputs } from "../lib/tensors.js";
import { expectedByFormula } from "./by-formula.js";
import { caseOf, modelOf } from "./cases/index.js";
import { peerFault } from "./peer-faults.js";

/** @import { Engine } from "../lib/engines.js" */
/** @import { Tensor } from "../lib/tensors.js" */
/** @import { Case } from "./cases/make.js" */

/**
 * @typedef {{ outputs: Record<string, Tensor>, error?: undefined } | { outputs?: undefined, error: string, typed: boolean }} Answer
 *
 * @typedef {object} Verdict
 * @property {boolean} ok
 * @property {"onnxruntime" | "formula" | "targets" | "fault" | "refused"} by what the answers were held against: the peer; where it refuses, the
 *   formula; where none is written here, our own targets among each other, and so where it is known to be wrong ("fault"); "refused" where all
 *   of ours gave typed errors too
 * @property {string} [reason]
 */

/**
 * @param {Engine} engine
 * @param {string} path
 * @param {Record<string, Tensor>} feeds
 * @returns {Promise<Answer>}
 */
async function answer(engine, path, feeds) {
  let session;
  try {
    session = await engine.load(path);
    return { outputs: structuredClone(session.outputs(await session.run(session.prepare(feeds)))) };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { error: text.split("\n")[0], typed: error instanceof LanewiseError };
  } finally {
    await session?.dispose();
  }
}

/** @param {Case} spec */
function toleranceOf({ inputs, integers = 0 }) {
  const half = inputs.some((input) => input?.dtype === "f16");
  return half ? { rtol: 1e-2, atol: 2e-3, integers } : { rtol: 1e-3, atol: 1e-5, integers };
}

/**
 * @param {Case} spec
 * @param {Answer} theirs
 * @param {readonly (readonly [target: string, answer: Answer])[]} ours
 * @returns {Verdict}
 */
function judge(spec, theirs, ours) {
  const tolerance = toleranceOf(spec);
  const untyped = ours.flatMap(([target, given]) =>
    given.error !== undefined && !given.typed ? [`${target} throws an error without a type: ${given.error}`] : [],
  )[0];
  if (untyped !== undefined) return { ok: false, by: "refused", reason: untyped };
  const fault = theirs.outputs !== undefined ? peerFault(spec) : undefined;
  if (theirs.outputs !== undefined && fault === undefined) {
    const wrong = firstDifference(ours, theirs.outputs, tolerance);
    return { ok: wrong === undefined, by: "onnxruntime", ...(wrong !== undefined && { reason: wrong }) };
  }
  const [first] = ours.flatMap(([, given]) => (given.outputs !== undefined ? [given.outputs] : []));
  if (first === undefined) return { ok: true, by: "refused" };
  const byFormula = spec.formula === undefined ? undefined : expectedByFormula(spec, first);
  const wrong = firstDifference(ours, byFormula ?? first, tolerance);
  const by = byFormula ? "formula" : fault === undefined ? "targets" : "fault";
  return {
    ok: wrong === undefined,
    by,
    ...(wrong !== undefined && { reason: `${wrong} (onnxruntime: ${fault ?? theirs.error})` }),
  };
}

/**
 * @param {readonly (readonly [target: string, answer: Answer])[]} answers
 * @param {Record<string, Tensor>} expected
 * @param {{ rtol: number, atol: number, integers: number }} tolerance
 */
function firstDifference(answers, expected, tolerance) {
  for (const [target, given] of answers) {
    if (given.error !== undefined) return `${target} refuses: ${given.error}`;
    const { ok, reason } = compareOutputs(given.outputs, expected, tolerance);
    if (!ok) return `${target}: ${reason}`;
  }
  return undefined;
}

/** @type {{ seeds: number[], targets: string[] }} */
const { seeds, targets } = JSON.parse(process.argv[2]);
const scratch = mkdtempSync(join(tmpdir(), "lanewise-random-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));
const peer = await importEngine("onnxruntime-node");
/** @type {Engine[]} */
const engines = [];
for (const target of targets) engines.push(await importEngine(`lanewise/${target}`));
for (const seed of seeds) {
  const spec = caseOf(seed);
  const { model, feeds } = modelOf(spec, seed);
  const path = join(scratch, `${seed}.onnx`);
  writeFileSync(path, onnxFile(model));
  /** @type {[string, Answer][]} */
  const ours = [];
  for (const [i, engine] of engines.entries()) ours.push([targets[i], await answer(engine, path, feeds)]);
  const inputs = spec.inputs.map((input) => (input ? `${input.dtype}[${input.shape.join(",")}]` : "none")).join(" ");
  const facts = { seed, family: spec.family, op: spec.op, inputs };
  // Before the peer runs, which may end the process.
  writeSync(1, `${JSON.stringify({ ...facts, started: true })}\n`);
  const theirs = await answer(peer, path, feeds);
  const refusal = theirs.error !== undefined ? { refusal: theirs.error } : {};
  writeSync(1, `${JSON.stringify({ ...facts, ...judge(spec, theirs, ours), ...refusal })}\n`);
  rmSync(path);
}
process.exit(0);
