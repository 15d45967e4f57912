// @ts-check
import { timeInTurns } from "./statistics.js";
import { compareOutputs } from "./tensors.js";

/**
 * @typedef {import("./engines.js").Session} Session
 * @typedef {import("./tensors.js").Tensor} Tensor
 */

/** Engines that run one model on the same feeds: what the first one gives, all must give; then they are timed in turns. */
export class Contest {
  /** @type {Record<string, Record<string, unknown>>} */
  results = {};
  /** @type {{ name: string, run: () => unknown }[]} */
  #contenders = [];
  /** @type {Record<string, Tensor> | undefined} */
  #reference;
  #feeds;
  #tolerance;

  /**
   * @param {Record<string, Tensor>} feeds
   * @param {Parameters<typeof compareOutputs>[2]} tolerance
   */
  constructor(feeds, tolerance) {
    this.#feeds = feeds;
    this.#tolerance = tolerance;
  }

  /**
   * Loads an engine and runs it once; with `sync`, its runSync is a contender of its own. One that fails has its error among the results.
   * @param {string} name
   * @param {() => Promise<Session>} load
   * @param {{ sync?: boolean }} [options]
   */
  async enter(name, load, { sync = false } = {}) {
    try {
      const session = await load();
      const prepared = session.prepare(this.#feeds);
      const outputs = session.outputs(await session.run(prepared));
      this.#reference ??= structuredClone(outputs);
      const { ok, maxAbs, reason } = compareOutputs(outputs, this.#reference, this.#tolerance);
      this.results[name] = { agrees: ok, maxAbs, ...(reason !== undefined && { reason }) };
      this.#contenders.push({ name, run: () => session.run(prepared) });
      const { runSync } = session;
      if (!sync || runSync === undefined) return;
      this.results[`${name}, runSync`] = { ...this.results[name] };
      this.#contenders.push({ name: `${name}, runSync`, run: () => void runSync(prepared) });
    } catch (error) {
      this.results[name] = { error: error instanceof Error ? error.message : String(error) };
    }
  }

  /**
   * The results, with the times of all that ran.
   * @param {Parameters<typeof timeInTurns>[1]} options
   */
  async time(options) {
    const times = await timeInTurns(this.#contenders, options);
    for (const [name, summary] of Object.entries(times)) Object.assign(this.results[name] ?? {}, summary);
    return this.results;
  }
}
