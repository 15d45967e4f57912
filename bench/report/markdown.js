// @ts-check

/** @import { Line } from "./read-lines.js" */

/**
 * A table in Markdown; columns after the first are numbers, to the right.
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows
 */
export function table(head, rows) {
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}

/** @param {number | undefined} value */
export function ms(value) {
  if (value === undefined || Number.isNaN(value)) return "-";
  if (value >= 100) return value.toFixed(0);
  return value.toPrecision(3);
}

/** @param {number | undefined} value */
export const ratio = (value) => (value === undefined || !Number.isFinite(value) ? "-" : `${value.toFixed(2)}x`);

/** @param {number | undefined} value */
export const percent = (value) =>
  value === undefined || !Number.isFinite(value) ? "-" : `${(100 * value).toFixed(0)} %`;

/**
 * Where and by which command some results were made.
 * @param {readonly Line[]} lines
 */
export function provenance(lines) {
  const machines = lines.filter(({ kind }) => kind === "machine");
  const [first] = machines;
  if (first === undefined)
    throw new RangeError("The results do not say which machine made them: run the script again.");
  const versions = Object.entries(first["versions"]).map(([name, version]) => `${name} ${version}`);
  const nodes = [...new Set(machines.map(({ node }) => node))].join(", ");
  return [
    `Made in \`bench/\` by \`${first["command"]}\` on ${first["cpu"]} (${first["os"]}; ${first["features"].join(" ")}), Node ${nodes}, one thread;`,
    `${versions.join(", ")}, commit ${first["commit"]}.`,
  ].join("\n");
}
