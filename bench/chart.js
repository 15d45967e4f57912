// @ts-check
import { writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { failUsage } from "./lib/options.js";
import { modelsReport } from "./report/models.js";
import { operatorsReport } from "./report/operators.js";
import { ratioChart } from "./report/ratio-chart.js";
import { readLines } from "./report/read-lines.js";
import { rmsNormReport } from "./report/rms-norm.js";

const HELP = `Writes docs/performance.md and docs/performance.svg from the results of the other scripts.

Usage: node chart.js [--models FILE] [--rms-norm FILE] [--operators FILE] [--to FOLDER]

The files are results/models.jsonl, results/rms-norm.jsonl and results/operators.jsonl if not given; a part whose file is not there is left
out. The folder is ../docs if not given.
Example: node models/run.js --out results/models.jsonl && node chart.js`;

const intro = `# Performance

How fast lanewise is, beside onnxruntime-node and onnxruntime-web. This page is written by \`node chart.js\` in
[\`bench/\`](../bench/README.md) from the files in \`bench/results\`; each part says which command measured it and on what.
Engines are timed in turns in one process, so that what disturbs the machine disturbs all of them; load, first run and memory are measured
in a process for each.`;

/** @type {readonly { option: "models" | "rms-norm" | "operators", title: string, report: (lines: import("./report/read-lines.js").Line[]) => string }[]} */
const parts = [
  { option: "models", title: "Models", report: (lines) => `![Ratios](performance.svg)\n\n${modelsReport(lines)}` },
  { option: "rms-norm", title: "rms-norm", report: rmsNormReport },
  { option: "operators", title: "Operators", report: operatorsReport },
];

/** @param {Record<string, string | boolean | undefined>} values */
function main(values) {
  const folder = values["to"] === undefined ? new URL("../docs/", import.meta.url) : pathToFileURL(`${values["to"]}/`);
  const texts = [intro];
  for (const { option, title, report } of parts) {
    const given = values[option];
    const lines = readLines(typeof given === "string" ? given : new URL(`results/${option}.jsonl`, import.meta.url));
    if (lines === undefined && given !== undefined)
      throw new RangeError(`--${option} ${given}: there is no such file.`);
    if (lines === undefined) continue;
    texts.push(`## ${title}\n\n${report(lines).trim()}`);
    if (option === "models") writeFileSync(new URL("performance.svg", folder), ratioChart(lines));
  }
  if (texts.length === 1)
    throw new RangeError("There are no results yet: run the scripts with --out results/NAME.jsonl first.");
  const page = new URL("performance.md", folder);
  writeFileSync(page, `${texts.join("\n\n")}\n`);
  console.log(`wrote ${fileURLToPath(page)}`);
}

try {
  const { values } = parseArgs({
    options: {
      ...{
        models: { type: "string" },
        "rms-norm": { type: "string" },
        operators: { type: "string" },
        to: { type: "string" },
      },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) console.log(HELP);
  else main(values);
} catch (error) {
  failUsage(error, HELP);
}
