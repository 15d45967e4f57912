// @ts-check
// A process of its own for one model: all engines answer alike, then each is timed in turns.
import { importEngine } from "./engines.js";
import { timeInTurns } from "./statistics.js";
import { compareOutputs, makeFeeds } from "./tensors.js";

/**
 * @typedef {object} SteadyTask
 * @property {readonly string[]} engines the first that runs the model is the reference for the outputs
 * @property {string} path
 * @property {Record<string, import("./tensors.js").FeedSpec>} feeds
 * @property {{ rtol: number, atol: number, integers?: number }} tolerance
 * @property {number} budgetMs
 * @property {number | undefined} [runs]
 */

/** @type {SteadyTask} */
const { engines, path, feeds: specs, tolerance, budgetMs, runs } = JSON.parse(process.argv[2]);
const feeds = makeFeeds(specs);
/** @type {Record<string, Record<string, unknown>>} */
const results = {};
const contenders = [];
/** @type {Record<string, import("./tensors.js").Tensor> | undefined} */
let reference;
for (const name of engines) {
  try {
    const session = await (await importEngine(name)).load(path);
    const prepared = session.prepare(feeds);
    const outputs = session.outputs(await session.run(prepared));
    reference ??= structuredClone(outputs);
    const { ok, maxAbs, reason } = compareOutputs(outputs, reference, tolerance);
    results[name] = { agrees: ok, maxAbs, ...(reason !== undefined && { reason }) };
    contenders.push({ name, run: () => session.run(prepared) });
  } catch (error) {
    results[name] = { error: error instanceof Error ? error.message : String(error) };
  }
}
const times = await timeInTurns(contenders, { budgetMs, runs });
for (const [name, summary] of Object.entries(times)) Object.assign(results[name], summary);
console.log(JSON.stringify(results));
process.exit(0);
