// @ts-check

/** @import { Line, Picture, Stage } from "./types.js" */

/**
 * What was read and how long it took, for people.
 * @param {{ name: string, picture: Picture, lines: readonly Line[], leftOut: number, stages: readonly Stage[] }} result
 * @returns {string}
 */
export function report({ name, picture, lines, leftOut, stages }) {
  const title = `${name}, ${picture.width} x ${picture.height} pixels`;
  const found = lines.length === 0 ? "No text found." : lines.map(describeLine).join("\n");
  const doubtful = leftOut > 0 ? `\n${leftOut} more places look like text but could not be read with confidence.` : "";
  return `${title}\n\n${found}${doubtful}\n\n${describeStages(stages)}`;
}

/** @param {Line} line */
function describeLine({ text, confidence, box }) {
  const corners = box.map((point) => point.join(",")).join("  ");
  return `${(confidence * 100).toFixed(1).padStart(5)} %  ${text}\n         box ${corners}`;
}

/** @param {readonly Stage[]} stages */
function describeStages(stages) {
  const total = stages.reduce((sum, { ms }) => sum + ms, 0);
  return [...stages, { name: "total", ms: total }]
    .map(({ name, ms, target }) => {
      const where = target === undefined ? "" : `  on ${target}`;
      return `${name.padEnd(12)}${ms.toFixed(0).padStart(7)} ms${where}`;
    })
    .join("\n");
}
