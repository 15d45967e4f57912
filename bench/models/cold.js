// @ts-check
// A process of its own for one engine and one model: what importing, loading and the first run cost, and the peak of memory.
import { existsSync, readFileSync, statSync } from "node:fs";
import { externalData, importEngine } from "../lib/engines.js";
import { summarize } from "../lib/statistics.js";
import { makeFeeds } from "../lib/tensors.js";

const status = "/proc/self/status";

/**
 * The greatest resident size of this process so far. Linux counts the time before exec into maxRSS, when the memory of a large parent was this
 * process's too; VmHWM begins anew at exec. Both are in kibibytes.
 */
function peakBytes() {
  const { maxRSS } = process.resourceUsage();
  const highWater = existsSync(status) ? /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(status, "utf8"))?.[1] : undefined;
  return 1024 * Number(highWater ?? maxRSS);
}

/** @param {{ engine: string, path: string, feeds: Record<string, import("../lib/tensors.js").FeedSpec> }} task */
async function measure({ engine: name, path, feeds: specs }) {
  const feeds = makeFeeds(specs);
  const start = performance.now();
  const engine = await importEngine(name);
  const importMs = performance.now() - start;
  const bytesBefore = peakBytes();
  const beforeLoad = performance.now();
  const shapes = Object.fromEntries(Object.entries(feeds).map(([input, { shape }]) => [input, shape]));
  const session = await engine.load(path, { shapes });
  const loadMs = performance.now() - beforeLoad;
  const prepared = session.prepare(feeds);
  const beforeFirst = performance.now();
  await session.run(prepared);
  const firstMs = performance.now() - beforeFirst;
  const times = [];
  for (let spent = 0; times.length < 3 || (spent < 200 && times.length < 100); ) {
    const before = performance.now();
    await session.run(prepared);
    times.push(performance.now() - before);
    spent += times[times.length - 1];
  }
  const { arenaBytes, memoryBytes, steps, evalSteps, evalOps } = session.info();
  const fileBytes = [path, externalData(path)].reduce((sum, file) => sum + (file ? statSync(file).size : 0), 0);
  return {
    ...{ importMs, loadMs, firstMs, warmMinMs: summarize(times).minMs },
    ...{ fileBytes, bytesBefore, peakBytes: peakBytes(), arenaBytes, memoryBytes, steps, evalSteps, evalOps },
  };
}

const result = await measure(JSON.parse(process.argv[2])).catch((error) => ({
  error: String(error?.message ?? error),
}));
console.log(JSON.stringify(result));
process.exit(0);
