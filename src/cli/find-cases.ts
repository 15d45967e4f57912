import type { Dirent } from "node:fs";
import { readdirSync, statSync } from "node:fs";
import { basename, join, relative, resolve, sep } from "node:path";
import { FormatError } from "../tensor/errors.ts";

/** A folder with a model and data to verify it by. */
export interface FoundCase {
  /** The folder below the one that was searched, or the latter's own name. */
  readonly name: string;
  /** The model; undefined when there is none, or no telling which. */
  readonly model?: string;
  /** The folders test_data_set_N in order. */
  readonly dataSets: readonly string[];
  /** Why the case cannot run. */
  readonly problem?: string;
}

/**
 * The test cases in and under a folder: a case is a folder with test_data_set_* and one .onnx in or under it. A model without data is a case
 * with nothing to compare. Symbolic links to folders are not followed. Throws FormatError when there is no such folder, or no case in it.
 */
export function findCases(folder: string): FoundCase[] {
  const facts = statSync(folder, { throwIfNoEntry: false });
  if (facts?.isDirectory() !== true) {
    const what = facts === undefined ? "there is no such folder" : "it is not a folder";
    throw new FormatError(`"${folder}" cannot be verified: ${what}. Name a folder of ONNX test cases.`);
  }
  const cases = casesUnder(folder).map((found) => ({ ...found, name: nameOf(folder, found.name) }));
  if (cases.length > 0) return cases;
  throw new FormatError(
    `"${folder}" holds no test case: expected a folder with an .onnx file and test_data_set_* in or under it.`,
  );
}

function nameOf(root: string, path: string): string {
  return relative(root, path).split(sep).join("/") || basename(resolve(root));
}

const isDataSet = (entry: Dirent): boolean => entry.isDirectory() && /^test_data_set_\d+$/.test(entry.name);
const isModel = (entry: Dirent): boolean => !entry.isDirectory() && entry.name.endsWith(".onnx");

const numberIn = (name: string): number => Number(/\d+/.exec(name)?.[0] ?? 0);

function sortedEntries(folder: string): Dirent[] {
  return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function casesUnder(folder: string): FoundCase[] {
  const entries = sortedEntries(folder);
  const sets = entries.filter(isDataSet).map(({ name }) => name);
  if (sets.length > 0 || entries.some(isModel)) {
    const dataSets = sets.sort((a, b) => numberIn(a) - numberIn(b)).map((name) => join(folder, name));
    return [{ name: folder, dataSets, ...theModel(folder, entries) }];
  }
  return entries.filter((entry) => entry.isDirectory()).flatMap(({ name }) => casesUnder(join(folder, name)));
}

function theModel(folder: string, entries: readonly Dirent[]): Pick<FoundCase, "model" | "problem"> {
  const here = entries.filter(isModel).map(({ name }) => join(folder, name));
  const models = here.length > 0 ? here : modelsUnder(folder, entries);
  const [model] = models;
  if (model !== undefined && models.length === 1) return { model };
  if (model === undefined) return { problem: "there is no .onnx file in or under the folder" };
  const list = models.map((path) => nameOf(folder, path)).join(", ");
  return { problem: `there are ${models.length} .onnx files, expected one: ${list}` };
}

function modelsUnder(folder: string, entries: readonly Dirent[]): string[] {
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (isModel(entry)) return [path];
    return entry.isDirectory() && !isDataSet(entry) ? modelsUnder(path, sortedEntries(path)) : [];
  });
}
