import { readFileSync } from "node:fs";
import type { OnnxEntry } from "../../src/formats/onnx/onnx-op.ts";
import { onnxFamilies } from "../../src/formats/onnx/ops/index.ts";
import type { Op } from "../../src/graph/op.ts";
import { schedules } from "../../src/kernels/index.ts";
import { ops } from "../../src/ops/index.ts";
import type { RecordedRow } from "./coverage.ts";
import { readCoverage } from "./coverage.ts";
import { failingCases } from "./failing.ts";

const suites = [
  ["onnx-node", "the ONNX project's newest cases of single operators"],
  ["onnx-old", "those of older opsets"],
  ["onnx-more", "its simple and pytorch-operator cases"],
  ["contrib", "com.microsoft and exporter patterns, with onnxruntime's results"],
] as const;

const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

/** The page docs/operators.md, from the mappings, the engine's operators and schedules, and what the conformance suites recorded. */
export function operatorPage(): string {
  const records = mergedRecords();
  const domains = [...new Set(onnxFamilies.map(({ domain }) => domain))].sort();
  const sections = domains.map((domain) => domainSection(domain, records));
  return `${[intro(), suiteTable(), ...sections, engineSection(), failingSection()].join("\n\n")}\n`;
}

const intro = (): string => `# Operators

Made by \`node scripts/operators.mjs\` from the declarations and from what the conformance suites recorded; see [testing](testing.md).

- *versions*: the opset versions of the domain from which on the mapping is another one; the newest is opset 28 of ai.onnx.
- *opsets*, *dtypes*, *cases*: those of the cases that pass.
- *runs by*: what runs the cases that consist of this operator alone, on a target with kernels (the schedules are the same for all). In parentheses
  the engine's operators that are evaluated in TypeScript, in how many of the cases. Empty where no case is of one operator.`;

function suiteTable(): string {
  const rows = suites.map(([name, what]) => {
    const [passing, failing] = [passingCases(name), failingCases(name)];
    const all = new Set([...passing, ...failing.keys()]);
    return [name, what, all.size, all.size - failing.size, passing.length];
  });
  return table(["suite", "what", "cases", "pass `verify`", "pass the suite's rules"], rows);
}

const passingCases = (suite: string): string[] =>
  readFileSync(new URL(`passing/${suite}.txt`, import.meta.url), "utf8")
    .split("\n")
    .filter((line) => line !== "");

/** The rows of all suites, one an operator. */
function mergedRecords(): ReadonlyMap<string, RecordedRow> {
  const merged = new Map<string, RecordedRow>();
  for (const row of suites.flatMap(([name]) => readCoverage(name))) {
    const other = merged.get(row.operator);
    merged.set(row.operator, other === undefined ? row : sumOf(row, other));
  }
  return merged;
}

const sumOf = (a: RecordedRow, b: RecordedRow): RecordedRow => ({
  operator: a.operator,
  cases: a.cases + b.cases,
  opsets: [...a.opsets, ...b.opsets],
  alone: a.alone + b.alone,
  byKernels: a.byKernels + b.byKernels,
  dtypes: [...new Set([...a.dtypes, ...b.dtypes])].sort(),
  evaluated: [...new Set([...a.evaluated, ...b.evaluated])].sort(),
});

function domainSection(domain: string, records: ReadonlyMap<string, RecordedRow>): string {
  const title = domain === "" ? "ai.onnx" : domain;
  const entries = onnxFamilies
    .filter((family) => family.domain === domain)
    .flatMap(({ entries }) => Object.entries(entries));
  const rows = entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, entry]) => operatorRow(name, entry, records.get(`${title}:${name}`)));
  return `## ${title}: ${rows.length} operators\n\n${table(["operator", "versions", "opsets", "dtypes", "cases", "runs by"], rows)}`;
}

function operatorRow(name: string, entry: OnnxEntry, row: RecordedRow | undefined): string[] {
  const versions = typeof entry === "function" ? "all" : Object.keys(entry).join(", ");
  if (row === undefined) return [name, versions, "", "", "0", ""];
  const [first, last] = [Math.min(...row.opsets), Math.max(...row.opsets)];
  const opsets = first === last ? String(first) : `${first} to ${last}`;
  return [name, versions, opsets, row.dtypes.join(", "), String(row.cases), runsBy(row)];
}

function runsBy({ alone, byKernels, evaluated }: RecordedRow): string {
  if (alone === 0) return "";
  if (byKernels === alone) return "kernels";
  const some = `${evaluated.join(", ")}: ${alone - byKernels} of ${alone}`;
  return byKernels === 0 ? `eval (${evaluated.join(", ")})` : `kernels, eval (${some})`;
}

/** What runs each of the engine's operators, as far as it is declared. */
function engineSection(): string {
  const rows = Object.values<Op & { readonly emit?: unknown; readonly emitWide?: unknown }>(ops).map((op) => {
    const own = schedules.filter((schedule) => schedule.ops.includes(op.name)).map(({ name }) => name);
    const formulas = [...(op.emit ? ["formula"] : []), ...(op.emitWide ? ["formula on i64"] : [])];
    const kinds = [...(op.view ? ["view"] : []), ...formulas, ...own];
    return [op.name, kinds.length === 0 ? "eval" : kinds.join(", ")];
  });
  return `## The engine's own operators: ${rows.length}

ONNX operators expand into these. *view*: the result shares its operand's memory. *formula*: runs in elementwise kernels, together with its neighbours.
Other words name schedules; one that does not take a step's dtypes or shapes leaves it to \`eval\`, which \`lanewise dump --stage plan\` explains.

${table(["operator", "runs by"], rows)}`;
}

function failingSection(): string {
  const rows = suites.flatMap(([suite]) => {
    const passing = new Set(passingCases(suite));
    return [...failingCases(suite)].map(([label, reason]) => [
      `${suite}: ${label}`,
      passing.has(label) ? "passes" : "fails",
      reason,
    ]);
  });
  return `## Cases that fail \`lanewise verify\`: ${rows.length}\n\n${table(["case", "by the suite's rules", "why"], rows)}`;
}
