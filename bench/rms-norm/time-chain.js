// @ts-check
// A process of its own for one spelling of the chain: every engine, with and without its optimisations, in turns.
import { importEngine, peers } from "../lib/engines.js";
import { timeInTurns } from "../lib/statistics.js";
import { compareOutputs, makeFeeds } from "../lib/tensors.js";

/** @type {{ path: string, targets: string[], feeds: Record<string, import("../lib/tensors.js").FeedSpec>, tolerance: { rtol: number, atol: number }, budgetMs: number }} */
const { path, targets, feeds: specs, tolerance, budgetMs } = JSON.parse(process.argv[2]);
const feeds = makeFeeds(specs);
/** @type {Record<string, Record<string, unknown>>} */
const results = {};
const contenders = [];
/** @type {ReturnType<import("../lib/engines.js").Session["outputs"]> | undefined} */
let reference;
for (const engine of [...peers, ...targets.map((target) => `lanewise/${target}`)]) {
  for (const optimise of [true, false]) {
    const name = optimise ? engine : `${engine}, ${engine.startsWith("lanewise/") ? "no fusing" : "no optimisation"}`;
    try {
      const session = await (await importEngine(engine)).load(path, { optimise });
      const prepared = session.prepare(feeds);
      const outputs = session.outputs(await session.run(prepared));
      reference ??= structuredClone(outputs);
      const { ok, maxAbs, reason } = compareOutputs(outputs, reference, tolerance);
      results[name] = { agrees: ok, maxAbs, ...(reason !== undefined && { reason }) };
      contenders.push({ name, run: () => session.run(prepared) });
      const { runSync } = session;
      if (runSync === undefined || !optimise) continue;
      results[`${name}, runSync`] = { ...results[name] };
      contenders.push({ name: `${name}, runSync`, run: () => void runSync(prepared) });
    } catch (error) {
      results[name] = { error: error instanceof Error ? error.message.split("\n")[0] : String(error) };
    }
  }
}
const times = await timeInTurns(contenders, { budgetMs });
for (const [name, summary] of Object.entries(times)) Object.assign(results[name], summary);
console.log(JSON.stringify(results));
process.exit(0);
