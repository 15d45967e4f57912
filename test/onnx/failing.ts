import { readFileSync } from "node:fs";

const path = new URL("failing.tsv", import.meta.url);

/** Why cases of a suite fail by the command line's own tolerance, by name: lines of `suite, case, reason`, with tabs. */
export function failingCases(suite: string): ReadonlyMap<string, string> {
  const rows = readFileSync(path, "utf8").trimEnd().split("\n");
  const own = rows.map((row) => row.split("\t")).filter(([name]) => name === suite);
  return new Map(own.map(([, label = "", reason = ""]) => [label, reason]));
}
