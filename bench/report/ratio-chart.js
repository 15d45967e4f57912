// @ts-check
import { bestTarget, enginesOf, native, wasm } from "./models.js";
import { distinct } from "./read-lines.js";

/** @import { Line } from "./read-lines.js" */

const layout = { label: 190, panel: 330, gap: 40, top: 64, bar: 9, between: 9 };
const shades = ["#1f77b4", "#ff7f0e", "#2ca02c", "#9467bd"];
/** The ratios at the ends of the axis. */
const range = [1 / 8, 16];
const ticks = [0.25, 0.5, 1, 2, 4, 8];

/** Where a ratio is on the axis, in pixels from its left end. */
function position(/** @type {number} */ value) {
  const clamped = Math.min(Math.max(value, range[0]), range[1]);
  return (layout.panel * Math.log2(clamped / range[0])) / Math.log2(range[1] / range[0]);
}

/**
 * How many times as fast as its peer lanewise runs each model, on every Node, as an SVG picture: WebAssembly on the left, machine code on the right.
 * @param {readonly Line[]} lines
 * @returns {string}
 */
export function ratioChart(lines) {
  const machines = lines.filter(({ kind }) => kind === "machine");
  const models = distinct(
    lines.filter(({ kind }) => kind === "steady"),
    "model",
  );
  const row = machines.length * layout.bar + layout.between;
  const height = layout.top + models.length * row + 30;
  const width = layout.label + 2 * layout.panel + layout.gap + 50;
  const panels = [
    { peer: "onnxruntime-web", kind: wasm, title: "WebAssembly, times onnxruntime-web" },
    { peer: "onnxruntime-node", kind: native, title: "machine code, times onnxruntime-node" },
  ];
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">`,
    "<title>How many times as fast as onnxruntime lanewise runs each model</title>",
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...legend(machines),
    ...models.map((model, i) => text({ x: layout.label - 8, y: layout.top + i * row + row / 2, anchor: "end" }, model)),
    ...panels.flatMap((panel, p) => {
      const left = layout.label + p * (layout.panel + layout.gap);
      return [
        ...axis({ left, bottom: height - 26, title: panel.title }),
        ...bars(lines, { ...panel, machines, models, left, row }),
      ];
    }),
    "</svg>",
  ];
  return `${parts.join("\n")}\n`;
}

/** @param {readonly Line[]} machines */
function legend(machines) {
  return machines.flatMap(({ node }, i) => [
    `<rect x="${12 + 110 * i}" y="10" width="12" height="12" fill="${shades[i % shades.length]}"/>`,
    text({ x: 30 + 110 * i, y: 20 }, `Node ${node}`),
  ]);
}

/** @param {{ left: number, bottom: number, title: string }} place */
function axis({ left, bottom, title }) {
  return [
    text({ x: left, y: layout.top - 24, weight: "bold" }, title),
    ...ticks.flatMap((tick) => {
      const x = left + position(tick);
      const stroke = tick === 1 ? "#000" : "#ddd";
      return [
        `<line x1="${x}" x2="${x}" y1="${layout.top - 8}" y2="${bottom}" stroke="${stroke}"/>`,
        text({ x, y: bottom + 14, anchor: "middle" }, `${tick}x`),
      ];
    }),
  ];
}

/**
 * @typedef {object} Panel
 * @property {string} peer
 * @property {RegExp} kind
 * @property {readonly Line[]} machines
 * @property {readonly string[]} models
 * @property {number} left
 * @property {number} row
 *
 * @param {readonly Line[]} lines
 * @param {Panel} panel
 */
function bars(lines, { peer, kind, machines, models, left, row }) {
  return models.flatMap((model, m) =>
    machines.flatMap((machine, i) => {
      const engines = enginesOf(lines, { kind: "steady", node: machine.node, model });
      const value = engines[peer]?.["minMs"] / engines[`lanewise/${bestTarget(lines, machine, kind)}`]?.["minMs"];
      if (!Number.isFinite(value)) return [];
      const [from, to] = [position(1), position(value)].sort((a, b) => a - b);
      const y = layout.top + m * row + i * layout.bar;
      const color = shades[i % shades.length];
      return [
        `<rect x="${left + from}" y="${y}" width="${Math.max(to - from, 1)}" height="${layout.bar - 1}" fill="${color}"/>`,
        text({ x: left + Math.max(to, position(1)) + 3, y: y + layout.bar - 1, size: 8 }, value.toFixed(2)),
      ];
    }),
  );
}

/**
 * @param {{ x: number, y: number, anchor?: string, weight?: string, size?: number }} place
 * @param {string} content
 */
function text({ x, y, anchor = "start", weight = "normal", size = 11 }, content) {
  const escaped = content.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" font-weight="${weight}" font-size="${size}">${escaped}</text>`;
}
