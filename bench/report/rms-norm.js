// @ts-check
import { ms, provenance, ratio, table } from "./markdown.js";
import { distinct } from "./read-lines.js";

/** @import { Line } from "./read-lines.js" */

/**
 * The part of docs/performance.md about rms-norm.
 * @param {readonly Line[]} lines
 */
export function rmsNormReport(lines) {
  const machines = lines.filter(({ kind }) => kind === "machine");
  return [
    provenance(lines),
    "",
    ...machines.flatMap(({ node }) =>
      nodeReport(
        lines.filter((line) => line.node === node),
        node,
      ),
    ),
  ].join("\n");
}

/**
 * @param {readonly Line[]} lines
 * @param {string} node
 */
function nodeReport(lines, node) {
  return [
    `### rms-norm on Node ${node}`,
    "",
    "A row in place, ns. The roof is a loop that reads the row, then reads it again and writes it back; *scalar* is one sum, one element after",
    "another, on the same target. tract-linalg does neither scale nor residual.",
    "",
    rowsTable(lines),
    "",
    "A chain of 64 norms of 4096 elements, ms (minimum / median), and how many times as fast as onnxruntime-node it is:",
    "",
    chainTable(lines.filter(({ kind }) => kind === "chain")),
    "",
    "A call that negates four numbers, us (minimum / median):",
    "",
    callTable(lines.filter(({ kind }) => kind === "call")),
    "",
  ];
}

/** @param {readonly Line[]} lines */
function rowsTable(lines) {
  const rows = lines.filter(({ kind }) => kind === "rows");
  const tract = lines.filter(({ kind }) => kind === "tract");
  const ns = (/** @type {number} */ value) => value.toFixed(0);
  const ours = rows.map((line) => [
    `${line["target"]} ${line["size"]}`,
    ns(line["readNs"]),
    ns(line["readThenRewriteNs"]),
    ns(line["plainNs"]),
    ratio(line["plainNs"] / line["readThenRewriteNs"]),
    ns(line["scaleNs"]),
    ns(line["scaleAndResidualNs"]),
    ns(line["scalarNs"]),
    ratio(line["scalarNs"] / line["plainNs"]),
    ms(line["compileMs"]),
  ]);
  const theirs = tract.map((line) => [
    `tract ${line["kernel"]} ${line["size"]}`,
    "",
    "",
    ns(line["ns"]),
    "",
    "",
    "",
    "",
    "",
    "",
  ]);
  const head = [
    "target, elements",
    "read",
    "roof",
    "norm",
    "of the roof",
    "with scale",
    "and residual",
    "scalar",
    "scalar / norm",
    "compile, ms",
  ];
  return table(head, [...ours, ...theirs]);
}

/** @param {readonly Line[]} lines */
function chainTable(lines) {
  const spellings = distinct(lines, "spelling");
  const engines = distinct(lines, "engine");
  const find = (/** @type {string} */ engine, /** @type {string} */ spelling) =>
    lines.find((line) => line["engine"] === engine && line["spelling"] === spelling);
  const rows = engines.map((engine) => [
    engine,
    ...spellings.map((spelling) => {
      const line = find(engine, spelling);
      if (line?.["minMs"] === undefined) return "does not run";
      const times = `${ms(line["minMs"])} / ${ms(line["medianMs"])}`;
      return `${times} (${ratio(find("onnxruntime-node", spelling)?.["minMs"] / line["minMs"])})`;
    }),
  ]);
  return table(["engine", ...spellings], rows);
}

/** @param {readonly Line[]} lines */
function callTable(lines) {
  const measured = lines.filter((line) => line["minMs"] !== undefined);
  const us = (/** @type {number} */ value) => (1000 * value).toFixed(1);
  return table(
    ["engine", "call"],
    measured.map((line) => [line["engine"], `${us(line["minMs"])} / ${us(line["medianMs"])}`]),
  );
}
