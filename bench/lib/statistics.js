// @ts-check

/**
 * @typedef {object} Times in milliseconds
 * @property {number} runs
 * @property {number} minMs
 * @property {number} medianMs
 * @property {number} p95Ms
 */

/**
 * @param {readonly number[]} ms
 * @returns {Times}
 */
export function summarize(ms) {
  const sorted = [...ms].sort((a, b) => a - b);
  const at = (/** @type {number} */ share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return { runs: ms.length, minMs: sorted[0], medianMs: at(0.5), p95Ms: at(0.95) };
}

/**
 * @typedef {object} Contender
 * @property {string} name
 * @property {() => unknown} run once; awaited where it gives a promise
 */

/**
 * Times contenders in turns: each runs for a slice, then the next, the order turned round every time, so that whatever disturbs the
 * machine disturbs all of them. Everyone is warmed up first.
 * @param {readonly Contender[]} contenders
 * @param {{ budgetMs: number, runs?: number | undefined, sliceMs?: number }} options `budgetMs` for each contender, unless `runs` says how often
 * @returns {Promise<Record<string, Times>>}
 */
export async function timeInTurns(contenders, { budgetMs, runs, sliceMs = 20 }) {
  const states = contenders.map(({ name, run }) => ({ name, run, ms: /** @type {number[]} */ ([]), spent: 0 }));
  const warmUp = runs === undefined ? Math.min(300, budgetMs / 3) : 0;
  for (const { run } of states) await repeat(run, { least: 1, most: 5000, untilMs: warmUp });
  const isDone = (/** @type {typeof states[0]} */ { ms, spent }) =>
    runs === undefined ? spent >= budgetMs && ms.length >= 3 : ms.length >= runs;
  for (let round = 0; !states.every(isDone); round++) {
    for (const state of round % 2 === 0 ? states : [...states].reverse()) {
      if (isDone(state)) continue;
      const most = runs === undefined ? 5000 : runs - state.ms.length;
      const times = await repeat(state.run, { least: 1, most, untilMs: sliceMs });
      for (const ms of times) state.ms.push(ms);
      state.spent += times.reduce((sum, ms) => sum + ms, 0);
    }
  }
  return Object.fromEntries(states.map(({ name, ms }) => [name, summarize(ms)]));
}

/**
 * @param {() => unknown} run
 * @param {{ least: number, most: number, untilMs: number }} limits
 * @returns {Promise<number[]>}
 */
async function repeat(run, { least, most, untilMs }) {
  const times = [];
  for (let spent = 0; times.length < least || (spent < untilMs && times.length < most); ) {
    const start = performance.now();
    const result = run();
    if (result instanceof Promise) await result;
    const ms = performance.now() - start;
    times.push(ms);
    spent += ms;
  }
  return times;
}
