import type { Command } from "commander";
import { readSource } from "../api/read-source.ts";
import { chooseTarget } from "../api/target.ts";
import { defaultLimits } from "../formats/onnx/limits.ts";
import { within } from "../tensor/errors.ts";
import { codeTarget } from "./code-targets.ts";
import { formatBytes, formatCount } from "./format.ts";
import type { InspectedPort, Inspection } from "./inspect-model.ts";
import { inspectModel } from "./inspect-model.ts";
import type { Io } from "./io.ts";
import { print, printJson } from "./io.ts";
import type { ModelOptions } from "./model-options.ts";
import { addModelOptions, exampleHelp } from "./model-options.ts";

const help = `
Weights in other files are not read, and operators that lanewise lacks are listed, not refused. "runs on" is told by
planning the model for the sizes that --dim gives: the target's kernels, eval (TypeScript), or both for different nodes.
A model that cannot be planned is taken to have kernels for all but control flow. --threads, --seed and --input change
nothing here.`;

/** `inspect MODEL`: what is in a file, and what of it would run here. */
export function addInspect(program: Command, io: Io): void {
  addModelOptions(program.command("inspect"))
    .description("Print a model's inputs, outputs, operators and sizes, and what is unsupported.")
    .addHelpText("after", `${help}\n${exampleHelp("inspect model.onnx", "inspect model.onnx --json")}`)
    .action((path: string, options: ModelOptions) => inspect(path, options, io));
}

async function inspect(path: string, options: ModelOptions, io: Io): Promise<void> {
  const { target: name } = chooseTarget(options);
  const { bytes, files, label } = await readSource(path, { maxBytes: defaultLimits.maxBytes });
  const target = name === "eval" ? undefined : codeTarget(name).target;
  const place = { name, target, dims: options.dim ?? new Map() };
  const found = { model: path, ...within(label, () => inspectModel(bytes, place)) };
  for (const file of files()) file.close();
  if (options.json) printJson(io, found);
  else await printInspection(found, io);
}

const portRows = (what: string, ports: readonly InspectedPort[]): string[][] =>
  ports.map(({ name, dtype, shape }) => [what, name, `${dtype}${shape === null ? "" : `[${shape.join(",")}]`}`]);

async function printInspection(found: Inspection & { readonly model: string }, io: Io): Promise<void> {
  const { formatTable } = await import("./table.ts");
  const { model, producer, irVersion, opsets, operators, sizes, unsupported, externalFiles } = found;
  const imports = Object.entries(opsets).map(([domain, version]) => `${domain || "ai.onnx"} ${version}`);
  const from = producer === "" ? "" : ` by ${producer}`;
  print(io, `${model}${from}: IR version ${irVersion}, opsets ${imports.join(", ")}\n`);
  const ports = [...portRows("input", found.inputs), ...portRows("output", found.outputs)];
  print(io, formatTable([{ head: "" }, { head: "name" }, { head: "type" }], ports));
  const nodes = operators.reduce((sum, { count }) => sum + count, 0);
  print(io, `\n${formatCount(nodes, "node")}`);
  const columns = [{ head: "operator" }, { head: "nodes", align: "right" }, { head: "opset", align: "right" }] as const;
  const rows = operators.map(({ domain, op, count, version, target }) => {
    const name = domain === "" ? op : `${domain}.${op}`;
    return [name, String(count), String(version), target ?? "UNSUPPORTED"];
  });
  print(io, formatTable([...columns, { head: "runs on" }], rows));
  if (sizes.length > 0) {
    const weights = sizes.map(({ dtype, tensors, elements, bytes }) => {
      return [dtype, String(tensors), elements.toLocaleString("en"), formatBytes(bytes)];
    });
    const heads = ["tensors", "elements", "size"].map((head) => ({ head, align: "right" }) as const);
    print(io, `\n${formatTable([{ head: "weights" }, ...heads], weights)}`);
  }
  for (const { location, bytes, tensors } of externalFiles) {
    print(io, `\n${formatCount(tensors, "tensor")} of ${formatBytes(bytes)} lie in ${location}`);
  }
  for (const { reason, count } of unsupported) print(io, `\nunsupported: ${reason}, ${formatCount(count, "node")}`);
  for (const warning of found.warnings) print(io, `\nwarning: ${warning}`);
}
