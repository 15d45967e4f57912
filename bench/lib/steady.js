// @ts-check
// A process of its own for one model: all engines answer alike, then each is timed in turns.
import { Contest } from "./contest.js";
import { importEngine } from "./engines.js";
import { makeFeeds } from "./tensors.js";

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
const contest = new Contest(makeFeeds(specs), tolerance);
for (const name of engines) await contest.enter(name, async () => (await importEngine(name)).load(path));
console.log(JSON.stringify(await contest.time({ budgetMs, runs })));
process.exit(0);
