// @ts-check
// A process of its own for one spelling of the chain: every engine, with and without its optimisations, in turns.
import { Contest } from "../lib/contest.js";
import { importEngine, peers } from "../lib/engines.js";
import { makeFeeds } from "../lib/tensors.js";

/** @type {{ path: string, targets: string[], feeds: Record<string, import("../lib/tensors.js").FeedSpec>, tolerance: { rtol: number, atol: number }, budgetMs: number }} */
const { path, targets, feeds: specs, tolerance, budgetMs } = JSON.parse(process.argv[2]);
const contest = new Contest(makeFeeds(specs), tolerance);
for (const engine of [...peers, ...targets.map((target) => `lanewise/${target}`)]) {
  for (const optimise of [true, false]) {
    const name = optimise ? engine : `${engine}, ${engine.startsWith("lanewise/") ? "no fusing" : "no optimisation"}`;
    await contest.enter(name, async () => (await importEngine(engine)).load(path, { optimise }), { sync: optimise });
  }
}
console.log(JSON.stringify(await contest.time({ budgetMs })));
process.exit(0);
