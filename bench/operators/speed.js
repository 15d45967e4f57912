// @ts-check
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { describeSteady, steadyLines } from "../lib/child.js";
import { peers } from "../lib/engines.js";
import { describeMachine } from "../lib/machine.js";
import { onnxFile } from "../lib/onnx-file.js";
import { commandUsed, failUsage, listOption, wholeOption } from "../lib/options.js";
import { modelOf, speedCases } from "./speed-cases.js";

const HELP = `Times operators of models' hot paths with lanewise on every target that runs here, onnxruntime-node and onnxruntime-web, one thread each, in
turns.

Usage: node operators/speed.js [options]

  --node PATH       a Node to run them on; may be given several times (this one if not given)
  --operators a,b   only these: ${speedCases.map(({ name }) => name).join(", ")}
  --targets a,b     only these targets of lanewise
  --runs N          timed runs of each engine (as many as fit in --budget if not given)
  --budget MS       time for each engine and operator, 500 if not given
  --out FILE        write JSON lines there
  --help

The exit code is 1 if an engine of ours fails or gives other outputs than onnxruntime-node.`;

/** @param {{ nodes: string[], names: string[] | undefined, targets: string[] | undefined, runs: number | undefined, budgetMs: number, out: string | undefined }} options */
function main({ nodes, names, targets, runs, budgetMs, out }) {
  const unknown = names?.filter((name) => !speedCases.some((spec) => spec.name === name)) ?? [];
  if (unknown.length > 0) throw new RangeError(`There is no operator ${unknown.join(", ")} here.`);
  const scratch = mkdtempSync(join(tmpdir(), "lanewise-bench-"));
  let ok = true;
  /** @param {Record<string, any>} line */
  const report = (line) => {
    if (out !== undefined) appendFileSync(out, `${JSON.stringify(line)}\n`);
    if (line["kind"] === "steady") console.log(describeSteady(/** @type {any} */ (line)));
    const isOurs = /^(lanewise|all)/.test(String(line["engine"]));
    if (isOurs && (line["error"] !== undefined || line["agrees"] === false)) ok = false;
  };
  try {
    if (out !== undefined) writeFileSync(out, "");
    for (const node of nodes) {
      const machine = describeMachine(node);
      const ours = machine.targets.filter((target) => targets?.includes(target) ?? true);
      report({ kind: "machine", ...machine, command: commandUsed("operators/speed.js") });
      const engines = [...peers, ...ours.map((target) => `lanewise/${target}`)];
      for (const spec of speedCases.filter(({ name }) => names?.includes(name) ?? true)) {
        const path = join(scratch, `${spec.name}.onnx`);
        writeFileSync(path, onnxFile(modelOf(spec)));
        const task = {
          engines,
          path,
          feeds: spec.feeds,
          tolerance: spec.tolerance ?? { rtol: 1e-3, atol: 1e-4 },
          budgetMs,
          runs,
        };
        for (const line of steadyLines(node, task)) report({ node: machine.node, model: spec.name, ...line });
        rmSync(path);
      }
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  process.exitCode = ok ? 0 : 1;
}

try {
  const { values } = parseArgs({
    options: {
      ...{
        node: { type: "string", multiple: true },
        operators: { type: "string" },
        targets: { type: "string" },
        runs: { type: "string" },
      },
      ...{
        budget: { type: "string", default: "500" },
        out: { type: "string" },
        help: { type: "boolean", default: false },
      },
    },
  });
  if (values.help) console.log(HELP);
  else
    main({
      nodes: values.node ?? [process.execPath],
      names: listOption(values.operators),
      targets: listOption(values.targets),
      runs: wholeOption("runs", values.runs),
      budgetMs: wholeOption("budget", values.budget) ?? 500,
      out: values.out,
    });
} catch (error) {
  failUsage(error, HELP);
}
