import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { compareData } from "../../src/cli/compare-data.ts";
import type { FoundCase } from "../../src/cli/find-cases.ts";
import { findCases } from "../../src/cli/find-cases.ts";
import { runCase } from "../../src/cli/run-case.ts";
import type { Model } from "../../src/runtime/model.ts";
import type { FoundData } from "../support/shared-data.ts";
import { skipForLackOfData } from "../support/shared-data.ts";
import { Coverage, coverageLosses, coverageTarget, writeCoverage } from "./coverage.ts";
import { failingCases } from "./failing.ts";
import { conformanceTargets } from "./targets.ts";
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
 * Makes the tests of a set of ONNX cases: on each target those in the committed list pass, no other one does, and the reason is on
 * record for each that fails by the command line's tolerance. UPDATE_PASSING=1 rewrites the lists instead, of what passes on every
 * target and of what the operators in it do, and prints what they lost and gained.
 */
export function conformanceSuite(suite: Suite): void {
  const { name, data, howToGet } = suite;
  if (data === undefined) {
    skipForLackOfData(`ONNX cases ${name}`, howToGet);
    return;
  }
  const targets = conformanceTargets();
  const cases = findCases(data.folder).filter(({ model }) => model !== undefined);
  describe(`ONNX cases ${name}`, () => {
    afterAll(data.release);
    if (updating) it("are listed anew", () => update(suite, cases, targets));
    else
      it.each(targets)("pass as listed on %s", async (target) => check(suite, cases, await outcomesOn(target, cases)));
  });
}

/** How cases came out on a target. */
interface Outcomes {
  readonly target: string;
  /** Why cases fail, by name. */
  readonly failures: ReadonlyMap<string, string>;
  /** Those that fail by the command line's tolerance; some of them pass by a rule. */
  readonly strictFailures: ReadonlySet<string>;
  readonly coverage: Coverage;
}

async function outcomesOn(target: string, cases: readonly FoundCase[]): Promise<Outcomes> {
  const [failures, strictFailures, coverage] = [new Map<string, string>(), new Set<string>(), new Coverage()];
  for (const found of cases) {
    const { atol = usual.atol, stepShare } = toleranceRule(lastPart(found.name)) ?? {};
    const judge = stepShare === undefined ? compareData : compareSteps(stepShare);
    const compare: typeof compareData = (actual, expected, closeness) => {
      const strict = closeness === "types only" ? closeness : usual;
      if (!compareData(actual, expected, strict).ok) strictFailures.add(found.name);
      return judge(actual, expected, closeness);
    };
    const onRun = (model: Model) => coverage.add(found, model);
    const { ok, error, skipped } = await runCase(found, { ...usual, atol, target, compare, onRun });
    if (ok) continue;
    failures.set(found.name, error ?? skipped ?? "nothing was compared");
    strictFailures.add(found.name);
  }
  return { target, failures, strictFailures, coverage };
}

function check({ name, version }: Suite, cases: readonly FoundCase[], outcomes: Outcomes): void {
  const { target, failures, strictFailures, coverage } = outcomes;
  const passed = cases.map((found) => found.name).filter((label) => !failures.has(label));
  const { losses, gains } = compareWithList(readList(name), version, passed, failures);
  expect(losses, "listed cases that do not pass").toEqual([]);
  expect(gains, "cases that pass but are not listed: list them with UPDATE_PASSING=1 npx vitest run test/onnx").toEqual(
    [],
  );
  if (version !== undefined) return;
  expect([...strictFailures].sort(), "the cases of failing.tsv").toEqual([...failingCases(name).keys()].sort());
  if (target !== coverageTarget) return;
  expect(coverageLosses(name, coverage), "operators that do less than they did").toEqual([]);
}

async function update(suite: Suite, cases: readonly FoundCase[], targets: readonly string[]): Promise<void> {
  const { name, version } = suite;
  const all = await inTurn([...new Set([...targets, coverageTarget])], (target) => outcomesOn(target, cases));
  const failures = new Map(all.flatMap((outcomes) => [...outcomes.failures]));
  const passed = cases.map((found) => found.name).filter((label) => !failures.has(label));
  rewriteList(name, version, passed, failures);
  const recorded = all.find(({ target }) => target === coverageTarget);
  if (version === undefined && recorded !== undefined) writeCoverage(name, recorded.coverage);
  for (const outcomes of all) check(suite, cases, outcomes);
}

async function inTurn<A, B>(list: readonly A[], each: (item: A) => Promise<B>): Promise<B[]> {
  const results: B[] = [];
  for (const item of list) results.push(await each(item));
  return results;
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
