// @ts-check
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { onnxFile } from "../lib/onnx-file.js";
import { commandUsed, failUsage, listOption, wholeOption } from "../lib/options.js";
import { caseOf, modelOf } from "./cases/index.js";

const HELP = `Runs random models of one operator each (dtypes, ranks 0 to 6, empty dims, broadcasting, negative axes, attributes) with lanewise and
with onnxruntime-node, and compares.

Usage: node operators/random.js [options]

  --count N        how many, 500 if not given
  --seed N         the first seed, 1 if not given: each case follows from its own seed alone
  --target a,b     targets of lanewise, eval,wasm-simd128 if not given
  --keep FOLDER    where the models that disagree are written, ./failures if not given
  --json           one line of JSON for each case
  --help

Where onnxruntime-node accepts a model, all targets must agree with it. Where it does not, ours must give a typed error, or be right by the
formula; where no formula is written here the targets must agree among themselves, and so where onnxruntime-node is known to be wrong
(peer-faults.js); the summary counts those. The exit code is 1 if any
case fails.
Example: node operators/random.js --seed 17 --count 1 --target eval`;

/**
 * @typedef {object} Outcome
 * @property {number} seed
 * @property {string} family
 * @property {string} op
 * @property {string} inputs
 * @property {boolean} ok
 * @property {string} by
 * @property {string} [reason]
 * @property {string} [refusal] what onnxruntime-node said where it did not run the model
 */

const script = fileURLToPath(new URL("random-worker.js", import.meta.url));

/**
 * The outcomes of some seeds, in order; a case at which onnxruntime-node ends the process is one of them.
 * @param {readonly number[]} seeds
 * @param {readonly string[]} targets
 * @returns {AsyncGenerator<Outcome>}
 */
async function* outcomesOf(seeds, targets) {
  let left = [...seeds];
  while (left.length > 0) {
    const worker = spawn(process.execPath, [script, JSON.stringify({ seeds: left, targets })], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    /** @type {Promise<number | string | null>} */
    const ended = new Promise((resolve) => worker.on("close", (code, signal) => resolve(code ?? signal)));
    /** @type {(Outcome & { started?: true }) | undefined} */
    let started;
    for await (const line of createInterface({ input: worker.stdout })) {
      const said = JSON.parse(line);
      if (said.started) started = said;
      else {
        yield said;
        left = left.filter((seed) => seed !== said.seed);
        started = undefined;
      }
    }
    const code = await ended;
    if (left.length === 0) return;
    if (started !== undefined) {
      const { seed, family, op, inputs } = started;
      yield {
        seed,
        family,
        op,
        inputs,
        ok: true,
        by: "crash",
        refusal: `onnxruntime-node ended the process with ${code}`,
      };
      left = left.filter((other) => other !== seed);
      continue;
    }
    // Ours is first to run: it ended the process.
    const [seed] = left;
    const { family, op } = caseOf(seed);
    yield { seed, family, op, inputs: "", ok: false, by: "crash", reason: `lanewise ended the process with ${code}` };
    left = left.slice(1);
  }
}

/**
 * @param {string} folder
 * @param {number} seed
 */
function keepModel(folder, seed) {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `random-${seed}.onnx`);
  writeFileSync(path, onnxFile(modelOf(caseOf(seed), seed).model));
  return path;
}

/** @param {{ count: number, first: number, targets: readonly string[], keep: string, json: boolean }} options */
async function main({ count, first, targets, keep, json }) {
  /** @type {Record<string, number>} */
  const tally = {};
  let failed = 0;
  const seeds = Array.from({ length: count }, (_, i) => first + i);
  for await (const outcome of outcomesOf(seeds, targets)) {
    const { seed, op, inputs, ok, by, reason } = outcome;
    if (json) console.log(JSON.stringify(outcome));
    if (ok) tally[by] = (tally[by] ?? 0) + 1;
    else {
      failed++;
      const path = keepModel(keep, seed);
      if (!json) console.log(`seed ${seed}: ${op} of ${inputs}: ${reason} (${path})`);
    }
  }
  const summary = { command: commandUsed("operators/random.js"), targets, cases: count, failed, agreed: tally };
  if (json) console.log(JSON.stringify(summary));
  else {
    const part = (/** @type {string} */ by, /** @type {string} */ words) => `${tally[by] ?? 0} ${words}`;
    console.log(
      `${count} cases on ${targets.join(", ")}: ${failed} failed; ${part("onnxruntime", "agree with onnxruntime-node")}; of those that it does not run ` +
        `${part("formula", "are right by formula")}, ${part("targets", "agree between targets")}, ${part("refused", "gave typed errors")}; ${part("fault", "where it is known to be wrong")}; it died in ${tally["crash"] ?? 0}.`,
    );
  }
  process.exitCode = failed === 0 ? 0 : 1;
}

try {
  const { values } = parseArgs({
    options: {
      ...{ count: { type: "string", default: "500" }, seed: { type: "string", default: "1" } },
      ...{ target: { type: "string", default: "eval,wasm-simd128" }, keep: { type: "string", default: "failures" } },
      ...{ json: { type: "boolean", default: false }, help: { type: "boolean", default: false } },
    },
  });
  if (values.help) console.log(HELP);
  else
    await main({
      count: wholeOption("count", values.count) ?? 500,
      first: wholeOption("seed", values.seed) ?? 1,
      targets: listOption(values.target) ?? [],
      keep: values.keep,
      json: values.json,
    });
} catch (error) {
  failUsage(error, HELP);
}
