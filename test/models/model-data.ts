import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { FoundCase } from "../../src/cli/find-cases.ts";
import { findCases } from "../../src/cli/find-cases.ts";
import type { FoundData } from "../support/shared-data.ts";
import { findShared } from "../support/shared-data.ts";

/** An archive of models, each in a folder of its own beside a meta.json. */
export const findModels = (archive: string): FoundData | undefined => findShared("models", "LANEWISE_MODELS", archive);

export const howToGet = (archive: string): string =>
  `put ${archive}.tar.xz into ../shared/models, or name the folder that has it in LANEWISE_MODELS`;

/** The case of one model. */
export function modelCase({ folder }: FoundData, name: string): FoundCase & { readonly model: string } {
  const [found] = findCases(join(folder, name));
  if (found?.model === undefined) throw new Error(`${name} has no model: ${found?.problem}.`);
  return { ...found, model: found.model };
}

/** How many nodes of an ONNX operator the file has, of any domain, by its meta.json. */
export function onnxCounts({ folder }: FoundData, name: string): (operator: string) => number {
  const { ops } = JSON.parse(readFileSync(join(folder, name, "meta.json"), "utf8")) as { ops: Record<string, number> };
  const named = Object.entries(ops).map(([name, count]) => [name.slice(name.lastIndexOf(".") + 1), count] as const);
  return (operator) => named.reduce((sum, [name, count]) => (name === operator ? sum + count : sum), 0);
}
