import { readFileSync, writeFileSync } from "node:fs";
import type { FoundCase } from "../../src/cli/find-cases.ts";
import { inspectModel } from "../../src/cli/inspect-model.ts";
import type { Model } from "../../src/runtime/model.ts";

/** The target whose runs are recorded: there is no machine without it. */
export const coverageTarget = "wasm-simd128";

/** What the passing cases of a suite say of an operator. */
interface Row {
  cases: number;
  readonly opsets: Set<number>;
  /** Of the inputs, where a case is one operator alone; so are the rest. */
  readonly dtypes: Set<string>;
  alone: number;
  /** How many of those no step of which was evaluated. */
  byKernels: number;
  /** Operators of the engine that were evaluated in the others. */
  readonly evaluated: Set<string>;
}

const head = ["operator", "cases", "opsets", "alone", "by kernels", "dtypes", "evaluated"].join("\t");
const path = (suite: string): URL => new URL(`coverage/${suite}.tsv`, import.meta.url);

/** Gathers a row for each operator that passing cases have. */
export class Coverage {
  readonly #rows = new Map<string, Row>();

  add({ model: file }: FoundCase, { info }: Model): void {
    const bytes = new Uint8Array(readFileSync(file as string));
    const { inputs, operators } = inspectModel(bytes, { name: "eval", target: undefined, dims: new Map() });
    for (const { domain, op, version } of operators) {
      const row = this.#row(`${domain === "" ? "ai.onnx" : domain}:${op}`);
      row.cases++;
      row.opsets.add(version);
      if (operators.length > 1) continue;
      row.alone++;
      if (info.evalSteps === 0) row.byKernels++;
      for (const { dtype } of inputs) row.dtypes.add(dtype);
      for (const evaluated of Object.keys(info.evalOps)) row.evaluated.add(evaluated);
    }
  }

  #row(key: string): Row {
    const fresh = { cases: 0, opsets: new Set<number>(), dtypes: new Set<string>(), alone: 0, byKernels: 0 };
    const row = this.#rows.get(key) ?? { ...fresh, evaluated: new Set<string>() };
    this.#rows.set(key, row);
    return row;
  }

  /** A line for each operator, in alphabetical order. */
  toString(): string {
    const lines = [...this.#rows].map(([key, { cases, opsets, dtypes, alone, byKernels, evaluated }]) => {
      const numbers = [...opsets].sort((a, b) => a - b).join(" ");
      const [types, ops] = [dtypes, evaluated].map((set) => [...set].sort().join(" "));
      return [key, cases, numbers, alone, byKernels, types, ops].join("\t");
    });
    return `${[head, ...lines.sort()].join("\n")}\n`;
  }
}

export const writeCoverage = (suite: string, coverage: Coverage): void => writeFileSync(path(suite), String(coverage));

/** A row as it is on record. */
export interface RecordedRow {
  readonly operator: string;
  readonly cases: number;
  readonly opsets: readonly number[];
  readonly alone: number;
  readonly byKernels: number;
  readonly dtypes: readonly string[];
  readonly evaluated: readonly string[];
}

export const readCoverage = (suite: string): RecordedRow[] => parseCoverage(readFileSync(path(suite), "utf8"));

function parseCoverage(text: string): RecordedRow[] {
  const words = (cell: string): string[] => cell.split(" ").filter((word) => word !== "");
  return text
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => {
      const [operator = "", cases, opsets = "", alone, byKernels, dtypes = "", evaluated = ""] = line.split("\t");
      const counts = { cases: Number(cases), alone: Number(alone), byKernels: Number(byKernels) };
      const lists = { dtypes: words(dtypes), evaluated: words(evaluated) };
      return { operator, ...counts, opsets: words(opsets).map(Number), ...lists };
    });
}

/** What is on record for a suite and no longer so: operators with fewer cases, or fewer that kernels run from end to end. */
export function coverageLosses(suite: string, coverage: Coverage): string[] {
  const now = new Map(parseCoverage(String(coverage)).map((row) => [row.operator, row]));
  return readCoverage(suite).flatMap(({ operator, cases, byKernels }) => {
    const row = now.get(operator) ?? { cases: 0, byKernels: 0, evaluated: [] };
    if (row.cases >= cases && row.byKernels >= byKernels) return [];
    return `${operator}: ${row.cases} of ${cases} cases, ${row.byKernels} of ${byKernels} by kernels (${row.evaluated.join(", ")})`;
  });
}
