// @ts-check
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { peers } from "./engines.js";

/** @import { SteadyTask } from "./steady.js" */

/**
 * Runs a script of ours on some Node: what its last line says, or why it failed.
 * @param {string} node
 * @param {URL} script
 * @param {unknown} task
 * @returns {Record<string, any>}
 */
export function child(node, script, task) {
  const { stdout, stderr, status, signal } = spawnSync(node, [fileURLToPath(script), JSON.stringify(task)], {
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  if (status === 0) return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  const said = stderr.split("\n").find((line) => /^\w*Error\b|terminate|fatal/i.test(line));
  return { error: said?.slice(0, 300) ?? `it ended with ${signal ?? status}` };
}

/**
 * A line of results for each engine that runs a model in turns with the others, with its ratios to the peers.
 * @param {string} node
 * @param {SteadyTask} task
 * @returns {Record<string, any>[]}
 */
export function steadyLines(node, task) {
  const steady = child(node, new URL("steady.js", import.meta.url), task);
  if (typeof steady["error"] === "string") return [{ kind: "steady", engine: "all", error: steady["error"] }];
  return task.engines.map((engine) => {
    const ratios = peers.map((peer) => [peer, steady[peer]?.minMs / steady[engine]?.minMs]);
    const known = ratios.filter(([peer, ratio]) => peer !== engine && Number.isFinite(ratio));
    return { kind: "steady", engine, ...steady[engine], ratios: Object.fromEntries(known) };
  });
}

/**
 * What a line of results says, for people.
 * @param {Record<string, any>} line
 */
export function describeSteady({ model, engine, node, error, ...line }) {
  const ms = (/** @type {number} */ value) => value.toFixed(value < 10 ? 3 : 1);
  const head = `${node.padEnd(8)} ${String(model).padEnd(24)} ${String(engine).padEnd(22)}`;
  if (error !== undefined) return `${head} ${error}`;
  const ratios = Object.entries(line["ratios"]).map(([peer, ratio]) => `${Number(ratio).toFixed(2)}x ${peer}`);
  const wrong = line["agrees"] ? "" : ` DIFFERS: ${line["reason"]}`;
  return `${head} min ${ms(line["minMs"])} median ${ms(line["medianMs"])} ms (${line["runs"]}) ${ratios.join(", ")}${wrong}`;
}
