// @ts-check
import { existsSync, readFileSync } from "node:fs";

/**
 * A line of results. Every kind has `node`; see the scripts that write them for the rest.
 * @typedef {{ kind: string, node: string } & Record<string, any>} Line
 */

/**
 * @param {string | URL} file
 * @returns {Line[] | undefined} undefined where there is no such file
 */
export function readLines(file) {
  if (!existsSync(file)) return undefined;
  const texts = readFileSync(file, "utf8")
    .split("\n")
    .filter((text) => text !== "");
  return texts.map((text) => JSON.parse(text));
}

/**
 * The values of a field, each once, in the order in which they come.
 * @param {readonly Line[]} lines
 * @param {string} field
 * @returns {any[]}
 */
export const distinct = (lines, field) => [...new Set(lines.map((line) => line[field]))];
