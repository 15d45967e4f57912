// @ts-check
import { execFileSync, spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { describeMachine } from "../lib/machine.js";
import { onInternals } from "../lib/on-internals.js";
import { onnxFile } from "../lib/onnx-file.js";
import { commandUsed, failUsage, listOption, wholeOption } from "../lib/options.js";
import { chainModel, spellings } from "./chain-models.js";

const HELP = `Times the fused rms-norm: rows by the kernel, beside what reading and rewriting a row takes and beside the kernels of tract; and a chain
of 64 norms of 4096 elements in four spellings, fused and not, beside onnxruntime-node and onnxruntime-web with and without their
optimisations.

Usage: node rms-norm/run.js [options]

  --node PATH      a Node to run it on; may be given several times (this one if not given)
  --targets a,b    only these targets of lanewise
  --sizes a,b      lengths of rows, 1024,2048,4096 if not given
  --budget MS      time for each engine and spelling, 1000 if not given
  --no-tract       leave out tract, which is built by cargo where that is installed
  --out FILE       write JSON lines there
  --help

The exit code is 1 if an engine of ours fails or gives other outputs than onnxruntime-node.`;

const chain = { count: 64, size: 4096 };
const folder = fileURLToPath(new URL(".", import.meta.url));

/**
 * Rows by the kernels of tract-linalg: undefined where cargo is not installed or cannot build.
 * @param {readonly number[]} sizes
 * @returns {{ kernel: string, size: number, ns: number }[] | undefined}
 */
function timeTract(sizes) {
  const options = [
    "run",
    "--release",
    "--quiet",
    "--locked",
    "--manifest-path",
    join(folder, "tract/Cargo.toml"),
    "--",
  ];
  const { stdout, stderr, status, error } = spawnSync("cargo", [...options, ...sizes.map(String)], {
    encoding: "utf8",
  });
  if (status === 0) return JSON.parse(stdout);
  console.error(`Left out tract: ${error?.message ?? stderr.trim().split("\n").at(-1)}`);
  return undefined;
}

/**
 * @param {string} node
 * @param {string} script
 * @param {unknown} task
 */
const child = (node, script, task) =>
  JSON.parse(
    execFileSync(node, [join(folder, script), JSON.stringify(task)], { encoding: "utf8" })
      .trim()
      .split("\n")
      .at(-1) ?? "",
  );

/**
 * @param {{ node: string, scratch: string, targets: readonly string[], budgetMs: number }} task
 */
function* timeChains({ node, scratch, targets, budgetMs }) {
  for (const spelling of spellings) {
    const path = join(scratch, "chain.onnx");
    writeFileSync(path, chainModel(spelling, chain));
    const { dtype, name } = spelling;
    const feeds = { x: { dtype, shape: [1, chain.size], fill: "random" } };
    const tolerance = dtype === "f16" ? { rtol: 1e-2, atol: 1e-2 } : { rtol: 1e-4, atol: 1e-5 };
    const results = child(node, "time-chain.js", { path, targets, feeds, tolerance, budgetMs });
    for (const [engine, result] of Object.entries(results)) yield { kind: "chain", spelling: name, engine, ...result };
  }
}

/**
 * What a call costs that does next to nothing.
 * @param {{ node: string, scratch: string, targets: readonly string[], budgetMs: number }} task
 */
function* timeCalls({ node, scratch, targets, budgetMs }) {
  const path = join(scratch, "call.onnx");
  const port = /** @type {const} */ ({ dtype: "f32", shape: [4] });
  const nodes = [{ op: "Neg", inputs: ["x"], outputs: ["y"] }];
  writeFileSync(path, onnxFile({ opset: 17, nodes, inputs: { x: port }, outputs: { y: port } }));
  const feeds = { x: { ...port, fill: "random" } };
  const results = child(node, "time-chain.js", {
    path,
    targets,
    feeds,
    tolerance: { rtol: 0, atol: 0 },
    budgetMs: budgetMs / 4,
  });
  for (const [engine, result] of Object.entries(results)) yield { kind: "call", engine, ...result };
}

/** @param {Record<string, any>} line */
function describe(line) {
  if (line.kind === "rows")
    return `${line.target} ${line.size}: ${line.plainNs.toFixed(0)} ns, with scale ${line.scaleNs.toFixed(0)}, with residual ${line.scaleAndResidualNs.toFixed(0)}; read then rewrite ${line.readThenRewriteNs.toFixed(0)}, scalar ${line.scalarNs.toFixed(0)}`;
  if (line.kind === "tract") return `tract ${line.kernel} ${line.size}: ${line.ns.toFixed(0)} ns`;
  const result = line.error?.split("\n")[0] ?? `min ${line.minMs?.toFixed(4)} median ${line.medianMs?.toFixed(4)} ms`;
  return `${line.spelling ?? "call"}, ${line.engine}: ${result}${line.agrees === false ? ` DIFFERS: ${line.reason}` : ""}`;
}

/** @param {{ nodes: string[], targets: string[] | undefined, sizes: number[], budgetMs: number, tract: boolean, out: string | undefined }} options */
async function main({ nodes, targets, sizes, budgetMs, tract, out }) {
  const scratch = mkdtempSync(join(tmpdir(), "lanewise-bench-"));
  let ok = true;
  /** @param {Record<string, any>} line */
  const report = (line) => {
    if (out !== undefined) appendFileSync(out, `${JSON.stringify(line)}\n`);
    if (line["kind"] !== "machine") console.log(`${line["node"]} ${describe(line)}`);
    if (String(line["engine"]).startsWith("lanewise/") && (line["error"] !== undefined || line["agrees"] === false))
      ok = false;
  };
  try {
    if (out !== undefined) writeFileSync(out, "");
    const tractRows = tract ? timeTract(sizes) : undefined;
    for (const node of nodes) {
      const machine = describeMachine(node);
      const ours = machine.targets.filter((target) => targets?.includes(target) ?? true);
      report({ kind: "machine", ...machine, command: commandUsed("rms-norm/run.js") });
      const add = (/** @type {Record<string, any>} */ line) => report({ node: machine.node, ...line });
      for (const row of tractRows ?? []) add({ kind: "tract", ...row });
      for (const row of await onInternals("time-rms-norm.ts", { node, task: { targets: ours, sizes } }))
        add({ kind: "rows", ...row });
      const task = { node, scratch, targets: ours, budgetMs };
      for (const line of timeChains(task)) add(line);
      for (const line of timeCalls(task)) add(line);
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
        targets: { type: "string" },
        sizes: { type: "string", default: "1024,2048,4096" },
      },
      ...{
        budget: { type: "string", default: "1000" },
        tract: { type: "boolean", default: true },
        out: { type: "string" },
      },
      help: { type: "boolean", default: false },
    },
    allowNegative: true,
  });
  if (values.help) console.log(HELP);
  else
    await main({
      nodes: values.node ?? [process.execPath],
      targets: listOption(values.targets),
      sizes: (listOption(values.sizes) ?? []).map((size) => wholeOption("sizes", size) ?? 1),
      budgetMs: wholeOption("budget", values.budget) ?? 1000,
      tract: values.tract,
      out: values.out,
    });
} catch (error) {
  failUsage(error, HELP);
}
