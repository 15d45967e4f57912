import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import type { FoundCase } from "../../src/cli/find-cases.ts";
import { findCases } from "../../src/cli/find-cases.ts";
import { runCase } from "../../src/cli/run-case.ts";
import type { FoundData } from "../support/shared-data.ts";
import { skipForLackOfData } from "../support/shared-data.ts";
import { compareSteps, toleranceRule, usual } from "./tolerances.ts";

export interface Suite {
  /** The list of passing cases is passing/NAME.txt. */
  readonly name: string;
  /** Undefined when the data is not on this machine. */
  readonly data: FoundData | undefined;
  readonly howToGet: string;
  /** What the list was made from, where that may be another version than what is installed here: then cases may be missing or new. */
  readonly version?: string;
}

interface PassingList {
  readonly version: string | undefined;
  readonly cases: ReadonlySet<string>;
}

const updating = process.env["UPDATE_PASSING"] === "1";

/**
 * Makes the tests of a set of ONNX cases: those in the committed list pass, no other one does. UPDATE_PASSING=1 rewrites the list instead
 * and prints what it lost and gained.
 */
export function conformanceSuite({ name, data, howToGet, version }: Suite): void {
  if (data === undefined) {
    skipForLackOfData(`ONNX cases ${name}`, howToGet);
    return;
  }
  describe(`ONNX cases ${name}`, () => {
    afterAll(data.release);
    it("pass as listed", async () => {
      const cases = findCases(data.folder).filter(({ model }) => model !== undefined);
      const failures = await failuresOf(cases);
      const passed = cases.map((found) => found.name).filter((label) => !failures.has(label));
      if (updating) rewriteList(name, version, passed, failures);
      const { losses, gains } = compareWithList(readList(name), version, passed, failures);
      expect(losses, "listed cases that do not pass").toEqual([]);
      expect(
        gains,
        "cases that pass but are not listed: list them with UPDATE_PASSING=1 npx vitest run test/onnx",
      ).toEqual([]);
    });
  });
}

/** Why cases fail, by name. */
async function failuresOf(cases: readonly FoundCase[]): Promise<Map<string, string>> {
  const failures = new Map<string, string>();
  for (const found of cases) {
    const { atol = usual.atol, stepShare } = toleranceRule(lastPart(found.name)) ?? {};
    const options = { ...usual, atol, ...(stepShare !== undefined && { compare: compareSteps(stepShare) }) };
    const { ok, error, skipped } = await runCase(found, options);
    if (!ok) failures.set(found.name, error ?? skipped ?? "nothing was compared");
  }
  return failures;
}

const lastPart = (name: string): string => name.slice(name.lastIndexOf("/") + 1).replace(/^test_/, "");

function compareWithList(
  list: PassingList,
  version: string | undefined,
  passed: readonly string[],
  failures: ReadonlyMap<string, string>,
): { readonly losses: readonly string[]; readonly gains: readonly string[] } {
  const present = new Set([...passed, ...failures.keys()]);
  const isOther = list.version !== version;
  const losses = [...list.cases].filter((label) => failures.has(label) || !(isOther || present.has(label)));
  return {
    losses: losses.map((label) => `${label}: ${failures.get(label) ?? "there is no such case"}`),
    gains: isOther ? [] : passed.filter((label) => !list.cases.has(label)),
  };
}

const listPath = (name: string): URL => new URL(`passing/${name}.txt`, import.meta.url);

function readList(name: string): PassingList {
  const lines = readFileSync(listPath(name), "utf8")
    .split("\n")
    .filter((line) => line !== "");
  const [head] = lines;
  const version = head?.startsWith("# ") ? head.slice(2) : undefined;
  return { version, cases: new Set(version === undefined ? lines : lines.slice(1)) };
}

function rewriteList(
  name: string,
  version: string | undefined,
  passed: readonly string[],
  failures: ReadonlyMap<string, string>,
): void {
  const old = readList(name).cases;
  const gained = passed.filter((label) => !old.has(label)).length;
  const lost = [...old]
    .filter((label) => failures.has(label))
    .map((label) => `\n  lost ${label}: ${failures.get(label)}`);
  console.info(
    `${name}: ${passed.length} of ${passed.length + failures.size} cases pass, ${gained} new${lost.join("")}`,
  );
  const lines = [...(version === undefined ? [] : [`# ${version}`]), ...[...passed].sort()];
  writeFileSync(listPath(name), `${lines.join("\n")}\n`);
}

/** The name and version of a Debian package as dpkg prints them; undefined when it is not installed. */
export function debianVersion(name: string): string | undefined {
  const { status, stdout } = spawnSync("dpkg-query", ["--show", name], { encoding: "utf8" });
  return status === 0 ? stdout.trim().replace("\t", " ") : undefined;
}
