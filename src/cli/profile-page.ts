import { formatMs, formatNumber, formatShare } from "./format.ts";
import type { MeasuredStep } from "./measure-steps.ts";
import type { Profile, ProfiledStep } from "./profile.ts";

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

/** A page that needs nothing beside it: where the time of a run goes by operator, along the run, and by step. */
export function profilePage(
  { model, target, threads, totalMs, steps }: Profile,
  measured: readonly MeasuredStep[],
): string {
  const bySlowest = steps.map((step, i) => ({ step, type: measured[i]?.type ?? "" }));
  bySlowest.sort((a, b) => b.step.ms - a.step.ms);
  const widest = bySlowest[0]?.step.share ?? 1;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(model)}: profile</title><style>${style}</style></head><body>
<h1>${escapeHtml(model)}</h1>
<p>${escapeHtml(formatMs(totalMs))} a run on ${escapeHtml(target)}, ${threads} thread${threads === 1 ? "" : "s"}, ${steps.length} steps.</p>
<h2>Along the run</h2>
<div class="timeline">${steps.map(timelinePart).join("")}</div>
<h2>By kernel</h2>
${kernelTable(steps)}
<h2>By step</h2>
<table><tr><th class="n">ms</th><th class="n">share</th><th></th><th>kernel</th><th>result</th><th class="n">GFLOP/s</th><th class="n">GB/s</th><th>ONNX node</th></tr>
${bySlowest.map(({ step, type }) => stepRow(step, type, widest)).join("\n")}
</table></body></html>
`;
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (character) => entities[character] ?? character);

/** A hue that depends on the kernel's name alone. */
function hueOf(kernel: string): number {
  let hash = 0;
  for (const character of kernel) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 360;
  return hash;
}

function timelinePart({ kernel, origin, ms, share }: ProfiledStep): string {
  const title = escapeHtml(`${kernel}, ${formatMs(ms)}, ${origin}`);
  return `<div title="${title}" style="flex:${share.toFixed(6)};background:hsl(${hueOf(kernel)} 60% 55%)"></div>`;
}

const barCell = (part: number, hue: number): string =>
  `<td class="bar"><div style="width:${(part * 100).toFixed(2)}%;background:hsl(${hue} 60% 55%)"></div></td>`;

function kernelTable(steps: readonly ProfiledStep[]): string {
  const sums = new Map<string, { ms: number; share: number; count: number }>();
  for (const { kernel, ms, share } of steps) {
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

function stepRow({ kernel, origin, ms, share, gflops, gbs }: ProfiledStep, type: string, widest: number): string {
  const rates = [gflops, gbs].map((rate) => `<td class="n">${rate === null ? "" : formatNumber(rate)}</td>`).join("");
  return `<tr><td class="n">${formatNumber(ms)}</td><td class="n">${formatShare(share)}</td>${barCell(share / (widest || 1), hueOf(kernel))}<td>${escapeHtml(kernel)}</td><td>${escapeHtml(type)}</td>${rates}<td>${escapeHtml(origin)}</td></tr>`;
}
