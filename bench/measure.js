// @ts-check
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { failUsage } from "./lib/options.js";

const HELP = `Measures all that docs/performance.md shows, and writes it: models, rms-norm and operators into results/, then the page and its chart.

Usage: node measure.js [--node PATH]... [--models a,b] [--budget MS]

  --node PATH    a Node to measure on; may be given several times (this one if not given)
  --models a,b   only these models
  --budget MS    time for each engine, in place of what each script has by itself
  --help

The exit code is 1 if any part failed, or an engine of ours gave other outputs than onnxruntime-node; the page is written all the same.
Example: node measure.js --node "$(which node)" --node ~/node24/bin/node`;

/** @param {readonly string[]} args */
function run(...args) {
  console.log(`\n> node ${args[0]}`);
  const { status, signal } = spawnSync(process.execPath, args, {
    stdio: "inherit",
    cwd: fileURLToPath(new URL(".", import.meta.url)),
  });
  if (status !== 0) console.error(`${args[0]} ended with ${signal ?? status}`);
  return status === 0;
}

try {
  const { values } = parseArgs({
    options: {
      ...{ node: { type: "string", multiple: true }, models: { type: "string" }, budget: { type: "string" } },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) console.log(HELP);
  else {
    mkdirSync(new URL("results/", import.meta.url), { recursive: true });
    const common = [
      ...(values.node ?? []).flatMap((path) => ["--node", path]),
      ...(values.budget ? ["--budget", values.budget] : []),
    ];
    const models = values.models === undefined ? [] : ["--models", values.models];
    const done = [
      run("models/run.js", "--profile", "--out", "results/models.jsonl", ...models, ...common),
      run("rms-norm/run.js", "--out", "results/rms-norm.jsonl", ...common),
      run("operators/speed.js", "--out", "results/operators.jsonl", ...common),
      run("chart.js"),
    ];
    process.exitCode = done.every(Boolean) ? 0 : 1;
  }
} catch (error) {
  failUsage(error, HELP);
}
