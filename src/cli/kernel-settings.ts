import type { Graph } from "../graph/graph.ts";
import { parseGraph } from "../graph/parse.ts";
import { ops } from "../ops/index.ts";
import { nearestName } from "../runtime/nearest-name.ts";
import type { DType } from "../tensor/dtype.ts";
import { LanewiseError, UsageError, within } from "../tensor/errors.ts";
import { randomTensor } from "../tensor/random.ts";
import type { GraphText, KernelExample, Setting, Settings } from "./kernel-examples.ts";
import { exampleOf, kernelExamples } from "./kernel-examples.ts";

/** The example of this name. Throws UsageError where there is none. */
export function findExample(name: string): KernelExample {
  const found = exampleOf(name);
  if (found !== undefined) return found;
  const names = kernelExamples.map((each) => each.name);
  const near = nearestName(name, names);
  const hint = near === undefined ? "" : ` Did you mean ${near}?`;
  throw new UsageError(`There is no kernel "${name}".${hint} The kernels are ${names.join(", ")}.`);
}

/** The settings of an example with those of `--set k=v`. Throws UsageError for names that it does not have, and values of another kind. */
export function applySettings({ name, settings }: KernelExample, given: readonly string[]): Settings {
  const changed: Record<string, Setting> = { ...settings };
  for (const text of given) {
    const [, key = "", value = ""] = /^([^=]+)=(.+)$/.exec(text) ?? [];
    const known = settings[key];
    if (known === undefined) {
      const list = Object.entries(settings).map(([k, v]) => `${k}=${v}`);
      throw new UsageError(`--set ${text}: kernel ${name} has no such setting. It has ${list.join(", ")}.`);
    }
    const read = typeof known === "number" ? Number(value) : value;
    if (typeof read === "number" && !(Number.isSafeInteger(read) && read >= 0)) {
      throw new UsageError(`--set ${text}: expected a whole number of 0 or more.`);
    }
    changed[key] = read;
  }
  return changed;
}

/** The graph of a text with its settings. Throws UsageError where they make no graph. */
export function graphOf({ inputs, lines }: GraphText, settings: Settings): Graph {
  const values = lines.slice(0, -1).map((line, i) => `%${i} = ${line}`);
  const template = [`graph example(${inputs}) {`, ...values, `return y: ${lines.at(-1)}`, "}"].join("\n");
  const text = template.replaceAll(/\$(\d*)([a-z]+)/gi, (_, factor: string, key: string) =>
    factor === "" ? String(settings[key]) : String(Number(factor) * Number(settings[key])),
  );
  const constants = [...text.matchAll(/constant (\w+)\[([\d,]*)\] #\d+/g)].map(([, dtype, dims = ""], i) =>
    randomTensor(dtype as DType, dims.split(",").map(Number), `constant ${i}`),
  );
  const shown = Object.entries(settings).map(([key, value]) => `${key}=${value}`);
  try {
    return within(`With ${shown.join(", ")}`, () => parseGraph(text, ops, { constants }));
  } catch (cause) {
    throw cause instanceof LanewiseError ? new UsageError(cause.message, { cause }) : cause;
  }
}
