import type { Command } from "commander";
import { Option } from "commander";
import type { Target } from "../ir/target.ts";
import type { KernelUse } from "../kernels/schedule.ts";
import { bindPlan } from "../plan/bind-plan.ts";
import type { BoundPlan } from "../plan/bound-plan.ts";
import { buildPlan } from "../plan/build-plan.ts";
import { UsageError } from "../tensor/errors.ts";
import type { CodeFormat } from "./code-targets.ts";
import { codeFormats, codeTarget, codeTargetNames, showKernel } from "./code-targets.ts";
import type { Io } from "./io.ts";
import { printJson } from "./io.ts";
import type { KernelExample, Settings } from "./kernel-examples.ts";
import { kernelExamples } from "./kernel-examples.ts";
import { applySettings, findExample, graphOf } from "./kernel-settings.ts";
import { exampleHelp } from "./model-options.ts";

interface EmitOptions {
  readonly target: string;
  readonly set?: readonly string[];
  readonly format?: CodeFormat;
  readonly json?: boolean;
}

const help = `
The kernel is the one that the engine makes for a small graph, whose sizes and dtypes are settings. asm is text for GNU
as (x86-64 in Intel syntax), wat the text of WebAssembly, hex the bytes, ir the kernel language.

Kernels and their settings:
${kernelExamples.map(({ name, settings }) => `  ${name.padEnd(17)} ${settingsText(settings)}`).join("\n")}`;

/** `emit KERNEL`: the code of one kernel for one target, on any machine. */
export function addEmit(program: Command, io: Io): void {
  program
    .command("emit")
    .description("Print the code of one kernel, for any target.")
    .argument("<kernel>", "the name of a kernel; see below")
    .addOption(new Option("--target <target>", "what the code is for").choices(codeTargetNames).makeOptionMandatory())
    .option("--set <name=value>", "a setting, such as n=4096", (text, list: readonly string[] = []) => [...list, text])
    .addOption(new Option("--format <format>", "the target's machine text if not given").choices(codeFormats))
    .option("--json", "print JSON for machines on standard output, and nothing else")
    .addHelpText(
      "after",
      `${help}\n${exampleHelp(
        "emit rms-norm --target x64-avx512",
        "emit matmul --target wasm-relaxed --set m=6 --format wat",
        "emit softmax --target arm64-sve2 --set dtype=f16 --format ir",
      )}`,
    )
    .action((name: string, options: EmitOptions) => emit(name, options, io));
}

function settingsText(settings: Settings): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value}`)
    .join(" ");
}

function emit(name: string, { target, set = [], format, json }: EmitOptions, io: Io): void {
  const code = codeTarget(target);
  const example = findExample(name);
  const kernel = kernelOf(example, applySettings(example, set), code.target).build(code.target);
  const shown = format ?? code.machineText ?? "ir";
  const { text, bytes } = showKernel(kernel, code, shown);
  if (json) printJson(io, { kernel: name, target, format: shown, bytes, text });
  else io.stdout.write(text);
}

/** The first kernel of the example's name that the engine uses with these settings. Throws UsageError that says what it uses otherwise. */
export function kernelOf(example: KernelExample, settings: Settings, target: Target): KernelUse {
  const { name } = example;
  const bound = bindPlan(buildPlan(graphOf(example, settings)), new Map(), { target });
  const uses = usesOf(bound);
  const found = uses.find(({ key }) => key.startsWith(`${name} `));
  if (found !== undefined) return found;
  const others = [...new Set(uses.map(({ key }) => key.split(" ", 1)[0]))];
  const reasons = bound.steps.flatMap((step) => step.reasons);
  const instead = others.length > 0 ? `it uses ${others.join(", ")}` : `none: ${reasons.join("; ")}`;
  throw new UsageError(
    `With ${settingsText(settings)} the engine does not use ${name} on ${target.name}, ${instead}. Change --set or --target.`,
  );
}

const usesOf = ({ steps }: BoundPlan): KernelUse[] =>
  steps.flatMap(({ launches }) => (launches?.launches ?? []).map(({ kernel }) => kernel));
