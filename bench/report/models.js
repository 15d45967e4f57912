// @ts-check
import { ms, percent, provenance, ratio, table } from "./markdown.js";
import { distinct } from "./read-lines.js";

/** @import { Line } from "./read-lines.js" */

/**
 * One model on one Node: the engines by name.
 * @typedef {Record<string, Line | undefined>} ByEngine
 */

/**
 * @param {readonly Line[]} lines
 * @param {{ kind: string, node: string, model: string }} wanted
 * @returns {ByEngine}
 */
export function enginesOf(lines, { kind, node, model }) {
  const found = lines.filter((line) => line.kind === kind && line.node === node && line["model"] === model);
  return Object.fromEntries(found.map((line) => [line["engine"], line]));
}

/**
 * The target that `auto` would choose among those of a kind that were measured: the last one, since they are listed from plain to best.
 * @param {readonly Line[]} lines
 * @param {Line} machine
 * @param {RegExp} kind
 */
export function bestTarget(lines, machine, kind) {
  const measured = new Set(lines.filter(({ node }) => node === machine.node).map((line) => line["engine"]));
  const targets = /** @type {string[]} */ (machine["targets"]);
  return targets.filter((name) => kind.test(name) && measured.has(`lanewise/${name}`)).at(-1);
}

export const wasm = /^wasm-/;
export const native = /^(x64|arm64)-/;

/** The best WebAssembly and the best machine code. */
const bestTargets = (/** @type {readonly Line[]} */ lines, /** @type {Line} */ machine) =>
  [wasm, native].map((kind) => bestTarget(lines, machine, kind));

/**
 * The part of docs/performance.md about models.
 * @param {readonly Line[]} lines
 */
export function modelsReport(lines) {
  const machines = lines.filter(({ kind }) => kind === "machine");
  const parts = machines.flatMap((machine) => nodeReport(lines, machine));
  return [provenance(lines), "", ...parts].join("\n");
}

/**
 * @param {readonly Line[]} all
 * @param {Line} machine
 */
function nodeReport(all, machine) {
  const { node } = machine;
  const lines = all.filter((line) => line.node === node);
  const models = distinct(
    lines.filter(({ kind }) => kind === "steady"),
    "model",
  );
  const targets = bestTargets(lines, machine);
  const roofs = lines.filter(({ kind }) => kind === "roof");
  const peaks = roofs.map(
    (roof) => `${roof["target"]} ${roof["gflops"].toFixed(0)} GFLOP/s, ${roof["readGbs"].toFixed(0)} GB/s`,
  );
  return [
    `### Node ${node}`,
    "",
    ...(peaks.length > 0 ? [`Best tile loop and reads from memory in this run: ${peaks.join("; ")}.`, ""] : []),
    steadyTable(lines, machine),
    "",
    ...coldTables(lines, { node, models, targets }),
    ...profileTable(lines),
  ];
}

/**
 * Times of each model on one Node, the best target of each kind beside its peer.
 * @param {readonly Line[]} all
 * @param {Line} machine
 */
export function steadyTable(all, machine) {
  const { node } = machine;
  const [wasmTarget, nativeTarget] = bestTargets(all, machine);
  const lines = all.filter((line) => line.kind === "steady" && line.node === node);
  const models = distinct(lines, "model");
  const rows = models.map((model) => {
    const engines = enginesOf(lines, { kind: "steady", node, model });
    const pair = (/** @type {string} */ peer, /** @type {string | undefined} */ target) => {
      const [theirs, ours] = [engines[peer], engines[`lanewise/${target}`]];
      return [times(theirs), times(ours), ratio(theirs?.["minMs"] / ours?.["minMs"])];
    };
    const agrees = Object.values(engines).every(
      (line) => !/^lanewise/.test(line?.["engine"]) || line?.["agrees"] !== false,
    );
    const name = agrees ? model : `${model} (outputs differ)`;
    return [name, ...pair("onnxruntime-web", wasmTarget), ...pair("onnxruntime-node", nativeTarget)];
  });
  const ours = [wasmTarget, nativeTarget].map((target) => target ?? "no target");
  const head = ["model, ms", "onnxruntime-web", ours[0], "ratio", "onnxruntime-node", ours[1], "ratio"];
  return `Minimum and median of runs taken in turns; the ratio is of the minima, above 1 where lanewise is faster.\n\n${table(head, rows)}`;
}

/** @param {Line | undefined} line */
const times = (line) => (line?.["minMs"] === undefined ? "-" : `${ms(line["minMs"])} / ${ms(line["medianMs"])}`);

/**
 * @param {readonly Line[]} lines
 * @param {{ node: string, models: readonly string[], targets: readonly (string | undefined)[] }} scope
 */
function coldTables(lines, { node, models, targets }) {
  const engines = [
    "onnxruntime-web",
    "onnxruntime-node",
    ...targets.flatMap((target) => (target ? [`lanewise/${target}`] : [])),
  ];
  const of = (/** @type {string} */ model) => enginesOf(lines, { kind: "cold", node, model });
  const measured = models.filter((model) => Object.keys(of(model)).length > 0);
  if (measured.length === 0) return [];
  const starts = measured.map((model) => {
    const cells = engines.map((engine) => of(model)[engine]);
    return [
      model,
      ...cells.map((line) => (line?.["loadMs"] === undefined ? "-" : `${ms(line["loadMs"])} + ${ms(line["firstMs"])}`)),
    ];
  });
  const memory = measured.map((model) => {
    const cells = engines.map((engine) => of(model)[engine]);
    return [
      model,
      mebibytes(cells[0]?.["fileBytes"]),
      ...cells.map((line) => mebibytes(line && line["peakBytes"] - line["bytesBefore"])),
    ];
  });
  return [
    "Load and first run in a fresh process, ms:",
    "",
    table(["model", ...engines], starts),
    "",
    "Peak memory above that of the process with the engine imported, MiB:",
    "",
    table(["model", "file", ...engines], memory),
    "",
  ];
}

/** @param {number | undefined} bytes */
const mebibytes = (bytes) => (bytes === undefined || Number.isNaN(bytes) ? "-" : (bytes / 2 ** 20).toFixed(1));

/** @param {readonly Line[]} lines */
function profileTable(lines) {
  const profiles = lines.filter((line) => line.kind === "profile" && line["error"] === undefined);
  if (profiles.length === 0) return [];
  const rows = profiles.flatMap((line) =>
    line["slowest"].map((/** @type {any} */ step) => [
      line["model"],
      line["engine"].replace("lanewise/", ""),
      percent(line["evalShare"]),
      step.kernel,
      step.origin,
      ms(step.ms),
      percent(step.share),
      percent(step.ofRoof),
    ]),
  );
  const head = ["model", "target", "in eval steps", "slowest steps", "node", "ms", "share", "of the roof"];
  return [
    "The slowest steps of each model, and what they reach of the roof (arithmetic or memory, whichever is nearer):",
    "",
    table(head, rows),
    "",
  ];
}
