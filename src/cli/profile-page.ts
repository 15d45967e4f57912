import { formatMs, formatNumber, formatShare } from "./format.ts";
import type { Profile, ProfiledStep } from "./profile-steps.ts";
import { evaluatedSteps } from "./profile-steps.ts";
import { roofText } from "./profile-table.ts";

const style = `
:root { color-scheme: light dark; --bar: #3b7dd8; --rule: #8884; }
body { font: 14px/1.45 system-ui, sans-serif; max-width: 1100px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.3rem; } h2 { font-size: 1.05rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 3px 8px; border-bottom: 1px solid var(--rule); overflow-wrap: anywhere; }
th.n, td.n { text-align: right; white-space: nowrap; }
td.bar { width: 30%; } td.bar div { background: var(--bar); height: 12px; min-width: 1px; border-radius: 2px; }
.timeline { display: flex; height: 36px; border-radius: 4px; overflow: hidden; }
.timeline div { min-width: 0; } .timeline div:hover { outline: 2px solid; outline-offset: -2px; }`;

/** A page that needs nothing beside it: where the time of a run goes by kernel, along the run, and by step. */
export function profilePage(profile: Profile): string {
  const { model, target, threads, totalMs, steps } = profile;
  const bySlowest = [...steps].sort((a, b) => b.ms - a.ms);
  const widest = bySlowest[0]?.share ?? 1;
  const heads = ["ms", "share", "", "kernel", "operators", "result", "GFLOP/s", "GB/s", "roof", "ONNX node"];
  const isNumber = new Set(["ms", "share", "GFLOP/s", "GB/s", "roof"]);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(model)}: profile</title><style>${style}</style></head><body>
<h1>${escapeHtml(model)}</h1>
<p>${escapeHtml(formatMs(totalMs))} a run on ${escapeHtml(target)}, ${threads} thread${threads === 1 ? "" : "s"}, ${steps.length} steps.</p>
<p>${escapeHtml(roofText(profile))}</p>
<h2>Along the run</h2>
<div class="timeline">${steps.map(timelinePart).join("")}</div>
<h2>By kernel</h2>
${kernelTable(steps)}
${evaluatedTable(steps)}<h2>By step</h2>
<table><tr>${heads.map((head) => `<th${isNumber.has(head) ? ' class="n"' : ""}>${head}</th>`).join("")}</tr>
${bySlowest.map((step) => stepRow(step, widest)).join("\n")}
</table></body></html>
`;
}

/** What no kernel runs, and why. */
function evaluatedTable(steps: readonly ProfiledStep[]): string {
  const groups = evaluatedSteps(steps);
  if (groups.length === 0) return "";
  const rows = groups.map(
    ({ name, count, share, reason }) =>
      `<tr><td class="n">${formatShare(share)}</td><td>${escapeHtml(name)}</td><td class="n">${count}</td><td>${escapeHtml(reason)}</td></tr>`,
  );
  const head = '<tr><th class="n">share</th><th>operator</th><th class="n">steps</th><th>why</th></tr>';
  return `<h2>Without kernels</h2>\n<table>${head}\n${rows.join("\n")}\n</table>\n`;
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (character) => entities[character] ?? character);

/** A hue that depends on the kernel's name alone. */
function hueOf(kernel: string): number {
  let hash = 0;
  for (const character of kernel) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 360;
  return hash;
}

function timelinePart({ name, origin, ms, share }: ProfiledStep): string {
  const title = escapeHtml(`${name}, ${formatMs(ms)}, ${origin}`);
  return `<div title="${title}" style="flex:${share.toFixed(6)};background:hsl(${hueOf(name)} 60% 55%)"></div>`;
}

const barCell = (part: number, hue: number): string =>
  `<td class="bar"><div style="width:${(part * 100).toFixed(2)}%;background:hsl(${hue} 60% 55%)"></div></td>`;

function kernelTable(steps: readonly ProfiledStep[]): string {
  const sums = new Map<string, { ms: number; share: number; count: number }>();
  for (const { name: kernel, ms, share } of steps) {
    const sum = sums.get(kernel) ?? { ms: 0, share: 0, count: 0 };
    sums.set(kernel, { ms: sum.ms + ms, share: sum.share + share, count: sum.count + 1 });
  }
  const sorted = [...sums].sort(([, a], [, b]) => b.ms - a.ms);
  const widest = sorted[0]?.[1].share || 1;
  const rows = sorted.map(
    ([kernel, { ms, share, count }]) =>
      `<tr><td class="n">${formatNumber(ms)}</td><td class="n">${formatShare(share)}</td>${barCell(share / widest, hueOf(kernel))}<td>${escapeHtml(kernel)}</td><td class="n">${count}</td></tr>`,
  );
  const head = '<tr><th class="n">ms</th><th class="n">share</th><th></th><th>kernel</th><th class="n">steps</th></tr>';
  return `<table>${head}\n${rows.join("\n")}\n</table>`;
}

function stepRow(step: ProfiledStep, widest: number): string {
  const { name, kernel, op, type, origin, ms, share, gflops, gbs, roof } = step;
  const rates = [gflops, gbs].map((rate) => `<td class="n">${rate === null ? "" : formatNumber(rate)}</td>`).join("");
  const part = `<td class="n">${roof === null ? "" : formatShare(roof)}</td>`;
  const texts = [name, kernel === "eval" ? "" : op, type].map((text) => `<td>${escapeHtml(text)}</td>`).join("");
  return `<tr><td class="n">${formatNumber(ms)}</td><td class="n">${formatShare(share)}</td>${barCell(share / (widest || 1), hueOf(name))}${texts}${rates}${part}<td>${escapeHtml(origin)}</td></tr>`;
}
