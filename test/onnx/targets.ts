import { chooseTarget, kernelTargets } from "../../src/api/target.ts";

/** What LANEWISE_TARGETS may say beside the names of targets. */
const groups: Readonly<Record<string, () => readonly string[]>> = {
  auto: () => [chooseTarget({ target: "auto" }).target],
  wasm: () => fastest((name) => name.startsWith("wasm-")),
  native: () => fastest((name) => !name.startsWith("wasm-")),
};

function fastest(isWanted: (name: string) => boolean): readonly string[] {
  const found = kernelTargets().find(({ name, isFast }) => isFast && isWanted(name));
  return found === undefined ? [] : [found.name];
}

/**
 * The targets that the cases run on: those that LANEWISE_TARGETS lists with commas, else `auto`. `wasm` and `native` stand for the best
 * target of their kind in this process, and for none where there is none.
 */
export function conformanceTargets(): readonly string[] {
  const asked = (process.env["LANEWISE_TARGETS"] ?? "auto").split(",").map((name) => name.trim());
  return [...new Set(asked.flatMap((name) => groups[name]?.() ?? [name]))];
}
