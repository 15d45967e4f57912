// @ts-check
import { provenance } from "./markdown.js";
import { steadyTable } from "./models.js";

/** @import { Line } from "./read-lines.js" */

/**
 * The part of docs/performance.md about single operators.
 * @param {readonly Line[]} lines
 */
export function operatorsReport(lines) {
  const machines = lines.filter(({ kind }) => kind === "machine");
  const parts = machines.flatMap((machine) => [
    `### Operators on Node ${machine.node}`,
    "",
    steadyTable(lines, machine),
    "",
  ]);
  return [provenance(lines), "", ...parts].join("\n");
}
