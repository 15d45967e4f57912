// @ts-check
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { load } from "lanewise";
import { disposeModels, loadModels } from "../../examples/ocr/models.js";
import { readPicture } from "../../examples/ocr/picture.js";
import { readText, timed } from "../../examples/ocr/read-text.js";
import { loadOnnxruntime } from "./load-onnxruntime.js";

/** @import { Line } from "../../examples/ocr/types.js" */

/**
 * @typedef {object} Comparison
 * @property {string} picture
 * @property {number} lines
 * @property {boolean} textAsWritten what lanewise read equals expected.json
 * @property {boolean} textEqual lanewise and onnxruntime-node read the same
 * @property {boolean} boxesEqual to the pixel
 * @property {number | null} maxConfidenceDifference null where the number of lines differs
 * @property {number} lanewiseMs
 * @property {number} onnxruntimeMs
 */

const HELP = `Reads the pictures of examples/ocr with lanewise and with onnxruntime-node, and compares text and boxes.

Usage: node ocr/compare.js [--json] [--help]

Both run the same code before and after the models. The exit code is 1 if any text or box differs.
Example: npm ci && node ocr/compare.js --json`;

const FOLDER = new URL("../../examples/ocr/pictures/", import.meta.url);

/** @returns {Promise<Comparison[]>} */
async function comparePictures() {
  /** @type {Record<string, string[]>} */
  const expected = JSON.parse(await readFile(new URL("expected.json", FOLDER), "utf8"));
  const ours = await loadModels(load);
  const theirs = await loadModels(loadOnnxruntime);
  const comparisons = [];
  for (const [file, written] of Object.entries(expected)) {
    const picture = await readPicture(fileURLToPath(new URL(file, FOLDER)));
    const a = await timed(() => readText(picture, ours.sessions, ours.characters));
    const b = await timed(() => readText(picture, theirs.sessions, theirs.characters));
    const difference = compareLines(a.result.lines, b.result.lines);
    const textAsWritten = sameJson(textOf(a.result.lines), written);
    const lines = a.result.lines.length;
    comparisons.push({ picture: file, lines, textAsWritten, ...difference, lanewiseMs: a.ms, onnxruntimeMs: b.ms });
  }
  disposeModels(ours.sessions);
  disposeModels(theirs.sessions);
  return comparisons;
}

/**
 * @param {readonly Line[]} a
 * @param {readonly Line[]} b
 */
function compareLines(a, b) {
  const differences = a.map(({ confidence }, i) => Math.abs(confidence - (b[i]?.confidence ?? 0)));
  return {
    textEqual: sameJson(textOf(a), textOf(b)),
    boxesEqual: sameJson(
      a.map(({ box }) => box),
      b.map(({ box }) => box),
    ),
    maxConfidenceDifference: a.length === b.length ? Math.max(0, ...differences) : null,
  };
}

/** @param {readonly Line[]} lines */
function textOf(lines) {
  return lines.map(({ text }) => text);
}

/**
 * @param {unknown} a
 * @param {unknown} b
 */
function sameJson(a, b) {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** @param {readonly Comparison[]} comparisons */
function table(comparisons) {
  /** @param {boolean} value */
  const word = (value) => (value ? "equal" : "DIFFERS");
  const head = ["picture", "lines", "as written", "text", "boxes", "confidence", "lanewise ms", "onnxruntime ms"];
  const rows = comparisons.map((c) => [
    c.picture,
    String(c.lines),
    c.textAsWritten ? "yes" : "NO",
    word(c.textEqual),
    word(c.boxesEqual),
    c.maxConfidenceDifference === null ? "-" : `<= ${c.maxConfidenceDifference.toFixed(4)}`,
    c.lanewiseMs.toFixed(0),
    c.onnxruntimeMs.toFixed(0),
  ]);
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i].length)));
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

const options = process.argv.slice(2);
const unknown = options.filter((option) => option !== "--json" && option !== "--help");
if (unknown.length > 0) {
  console.error(`Unknown option ${unknown.join(" ")}: expected --json or --help.`);
  process.exitCode = 2;
} else if (options.includes("--help")) {
  console.log(HELP);
} else {
  const comparisons = await comparePictures();
  const ok = comparisons.every(({ textAsWritten, textEqual, boxesEqual }) => textAsWritten && textEqual && boxesEqual);
  console.log(options.includes("--json") ? JSON.stringify({ ok, pictures: comparisons }, null, 2) : table(comparisons));
  process.exitCode = ok ? 0 : 1;
}
