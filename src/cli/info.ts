import { arch, availableParallelism, cpus, freemem, platform, totalmem } from "node:os";
import type { Command } from "commander";
import { hostSettings } from "../runtime/hosts/host-settings.ts";
import { selfTest } from "../runtime/hosts/native/self-test.ts";
import { probeTargets } from "../runtime/hosts/probe-targets.ts";
import type { TargetStatus } from "../runtime/hosts/target-status.ts";
import { formatBytes } from "./format.ts";
import type { Io } from "./io.ts";
import { print, printJson } from "./io.ts";
import { machineFeatures } from "./machine-features.ts";
import { exampleHelp } from "./model-options.ts";
import { version } from "./version.ts";

/** `info`: what lanewise finds on this machine. */
export function addInfo(program: Command, io: Io): void {
  program
    .command("info")
    .description("Print what this machine has: targets and why one is off, features, threads, memory.")
    .option("--json", "print JSON for machines on standard output, and nothing else")
    .addHelpText("after", exampleHelp("info", "info --json"))
    .action((options: { readonly json?: boolean }) => info(options, io));
}

function info({ json }: { readonly json?: boolean }, io: Io): void {
  const { targets, native } = probeTargets({ settings: hostSettings(io.env), selfTest });
  const facts = {
    version,
    runtime: runtimeName(),
    os: platform(),
    arch: arch(),
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    features: machineFeatures(native.features),
    targets,
    threads: availableParallelism(),
    memory: { totalBytes: totalmem(), freeBytes: freemem() },
  };
  if (json) printJson(io, facts);
  else printInfo(facts, io);
}

/** `node 20.19.0`, `bun 1.3.0`, `deno 2.5.0`: Bun and Deno name a version of Node too. */
function runtimeName(): string {
  const versions: Readonly<Record<string, string | undefined>> = process.versions;
  const name = ["bun", "deno"].find((candidate) => versions[candidate] !== undefined) ?? "node";
  return `${name} ${versions[name]}`;
}

interface Facts {
  readonly version: string;
  readonly runtime: string;
  readonly os: string;
  readonly arch: string;
  readonly cpu: string;
  readonly features: readonly string[];
  readonly targets: readonly TargetStatus[];
  readonly threads: number;
  readonly memory: { readonly totalBytes: number; readonly freeBytes: number };
}

function printInfo(facts: Facts, io: Io): void {
  const { totalBytes, freeBytes } = facts.memory;
  print(io, `lanewise  ${facts.version}`);
  print(io, `runtime   ${facts.runtime}, ${facts.os} ${facts.arch}`);
  print(io, `cpu       ${facts.cpu}, ${facts.threads} threads`);
  print(io, `features  ${wrapped(facts.features, 90).join("\n          ")}`);
  print(io, `memory    ${formatBytes(totalBytes)}, ${formatBytes(freeBytes)} free\n`);
  const width = Math.max(...facts.targets.map(({ name }) => name.length));
  for (const status of facts.targets) {
    const [first, ...more] = status.available ? ["yes"] : wrapped(`${status.code}: ${status.reason}`.split(" "), 80);
    print(io, `${status.name.padEnd(width)}  ${status.available ? "" : "no  "}${first}`);
    for (const line of more) print(io, `${" ".repeat(width + 6)}${line}`);
  }
}

/** Words in lines of at most `width` characters, where words fit. */
function wrapped(words: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
