// @ts-check
import { spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { child, describeSteady, steadyLines } from "../lib/child.js";
import { peers } from "../lib/engines.js";
import { cli, describeMachine } from "../lib/machine.js";
import { onInternals } from "../lib/on-internals.js";
import { commandUsed, failUsage, listOption, wholeOption } from "../lib/options.js";
import { findModels } from "./models.js";

/** @import { Machine } from "../lib/machine.js" */
/** @import { BenchModel } from "./models.js" */

const HELP = `Times models with lanewise on every target that runs here, onnxruntime-node and onnxruntime-web, one thread each.

Usage: node models/run.js [options]

  --node PATH       a Node to run them on; may be given several times (this one if not given)
  --models a,b      only these; "all" adds the quantised and half-precision ones
  --targets a,b     only these targets of lanewise
  --runs N          timed runs of each engine (as many as fit in --budget if not given)
  --budget MS       time for each engine and model, 1500 if not given
  --no-cold         leave out load, first run and memory
  --profile         say which steps take longest, with their share of the roof
  --out FILE        write JSON lines there
  --help

Steady times are taken in turns in one process; load, first run and peak memory in a process for each. The exit code is 1 if an engine of
ours fails or gives other outputs than onnxruntime-node.
Example: node models/run.js --models ppocr-rec-48x320,silero-v5 --out results.jsonl`;

/**
 * @typedef {object} Task
 * @property {string} node
 * @property {Machine} machine
 * @property {BenchModel} model
 * @property {readonly string[]} engines
 * @property {number} budgetMs
 * @property {number | undefined} runs
 */

/** @param {Task} task */
function* measure({ node, machine, model, engines, budgetMs, runs }, /** @type {boolean} */ cold) {
  const { name, path, feeds, tolerance } = model;
  const common = { model: name, node: machine.node };
  for (const line of steadyLines(node, { engines, path, feeds, tolerance, budgetMs, runs }))
    yield { ...common, ...line };
  if (!cold) return;
  for (const engine of engines)
    yield {
      kind: "cold",
      ...common,
      engine,
      ...child(node, new URL("cold.js", import.meta.url), { engine, path, feeds }),
    };
}

/**
 * Where the time of a model goes on one target: its slowest steps, and the share of steps that no kernel runs.
 * @param {Task} task
 * @param {string} target
 * @param {{ gflops: number, readGbs: number } | undefined} roof
 */
function profile({ node, machine, model }, target, roof) {
  const inputs = Object.entries(model.feeds).flatMap(([name, { dtype, shape, fill }]) => {
    const list = Array(shape.reduce((a, b) => a * b, 1)).fill(typeof fill === "number" ? fill : 1);
    return ["--input", `${name}=${dtype.startsWith("f") ? shape.join(",") : `${dtype}[${shape}]:${list}`}`];
  });
  const options = ["--target", target, "--runs", "5", "--json", ...inputs];
  const { stdout, stderr, status } = spawnSync(node, [cli, "profile", model.path, ...options], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  const line = { kind: "profile", model: model.name, node: machine.node, engine: `lanewise/${target}` };
  if (status !== 0) return { ...line, error: stderr.trim().split("\n")[0] };
  /** @type {{ totalMs: number, steps: { kernel: string, origin: string, ms: number, share: number, gflops: number | null, gbs: number | null }[] }} */
  const { totalMs, steps } = JSON.parse(stdout);
  const evalMs = steps.filter(({ kernel }) => kernel.startsWith("eval:")).reduce((sum, { ms }) => sum + ms, 0);
  const slowest = [...steps].sort((a, b) => b.ms - a.ms).slice(0, 5);
  const ofRoof = (/** @type {typeof steps[0]} */ { gflops, gbs }) =>
    roof && Math.max((gflops ?? 0) / roof.gflops, (gbs ?? 0) / roof.readGbs);
  return {
    ...line,
    totalMs,
    evalShare: evalMs / totalMs,
    slowest: slowest.map((step) => ({ ...step, ofRoof: ofRoof(step) })),
  };
}

/** @param {Record<string, any>} line */
function describe(line) {
  const { kind, model, engine, node } = line;
  const ms = (/** @type {number | undefined} */ value) =>
    value === undefined ? "-" : value.toFixed(value < 10 ? 3 : 1);
  const head = `${node.padEnd(8)} ${String(model).padEnd(20)} ${String(engine).padEnd(22)}`;
  if (kind === "steady") return describeSteady(line);
  if (line.error !== undefined) return `${head} ${kind}: ${line.error}`;
  if (kind === "cold")
    return `${head} load ${ms(line.loadMs)} ms, first ${ms(line.firstMs)} ms, peak ${(line.peakBytes / 2 ** 20).toFixed(0)} MiB`;
  return `${head} eval ${(100 * line.evalShare).toFixed(1)} %, slowest ${line.slowest[0]?.kernel}`;
}

/** @param {ReturnType<typeof readOptions>} options */
async function main({ values, nodes, targets, names, runs, budgetMs }) {
  const scratch = mkdtempSync(join(tmpdir(), "lanewise-bench-"));
  let ok = true;
  /** @param {Record<string, any>} line */
  const report = (line) => {
    if (values.out !== undefined) appendFileSync(values.out, `${JSON.stringify(line)}\n`);
    if (line["model"] !== undefined) console.log(describe(line));
    const isOurs = String(line["engine"]).startsWith("lanewise/") || line["engine"] === "all";
    if (isOurs && (line["error"] !== undefined || line["agrees"] === false)) ok = false;
  };
  try {
    if (values.out !== undefined) writeFileSync(values.out, "");
    const { models, skipped } = await findModels({ scratch, names });
    if (skipped.length > 0)
      console.error(`Left out for lack of data (name its folder in LANEWISE_MODELS): ${skipped.join(", ")}.`);
    for (const node of nodes) {
      const machine = describeMachine(node);
      const ours = machine.targets.filter((target) => targets?.includes(target) ?? true);
      report({ kind: "machine", ...machine, command: commandUsed("models/run.js") });
      /** @type {{ target: string, gflops: number, readGbs: number }[]} */
      const roofs = await onInternals("measure-roof.ts", { node, task: { targets: ours } });
      for (const roof of roofs) report({ kind: "roof", node: machine.node, ...roof });
      const engines = [...peers, ...ours.map((target) => `lanewise/${target}`)];
      for (const model of models) {
        const task = { node, machine, model, engines, budgetMs, runs };
        for (const line of measure(task, values.cold)) report(line);
        for (const target of values.profile ? ours : []) {
          report(
            profile(
              task,
              target,
              roofs.find((roof) => roof.target === target),
            ),
          );
        }
      }
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  process.exitCode = ok ? 0 : 1;
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      ...{ node: { type: "string", multiple: true }, models: { type: "string" }, targets: { type: "string" } },
      ...{ runs: { type: "string" }, budget: { type: "string", default: "1500" }, out: { type: "string" } },
      ...{ cold: { type: "boolean", default: true }, profile: { type: "boolean", default: false } },
      help: { type: "boolean", default: false },
    },
    allowNegative: true,
  });
  return {
    values,
    nodes: values.node ?? [process.execPath],
    targets: listOption(values.targets),
    names: listOption(values.models),
    runs: wholeOption("runs", values.runs),
    budgetMs: /** @type {number} */ (wholeOption("budget", values.budget)),
  };
}

try {
  const options = readOptions();
  if (options.values.help) console.log(HELP);
  else await main(options);
} catch (error) {
  failUsage(error, HELP);
}
