import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Ajv } from "ajv";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundle } from "../../scripts/bundle.mjs";
import type { TargetStatus } from "../../src/runtime/hosts/target-status.ts";
import { root } from "../support/shared-data.ts";
import type { Runtime, RuntimeName } from "./runtimes.ts";
import { findRuntime } from "./runtimes.ts";

const run = promisify(execFile);
const schema = JSON.parse(readFileSync(join(root, "test/cli/schemas/info.json"), "utf8"));
const validate = new Ajv({ allErrors: true, strictRequired: false }).compile(schema);
const scratch = mkdtempSync(join(tmpdir(), "lanewise-hosts-"));
/** Two installations of the built command line, of which one finds koffi. */
const installations = { "with koffi": join(scratch, "with"), "without koffi": join(scratch, "without") };
const runtimes = new Map<RuntimeName, Runtime>();

beforeAll(async () => {
  const built = join(scratch, "without/dist");
  const names: RuntimeName[] = ["node20", "node26", "bun", "deno"];
  const finding = Promise.all(names.map(async (name) => runtimes.set(name, await findRuntime(name))));
  await bundle(root, built);
  cpSync(built, join(scratch, "with/dist"), { recursive: true });
  mkdirSync(join(scratch, "with/node_modules"));
  symlinkSync(join(root, "node_modules/koffi"), join(scratch, "with/node_modules/koffi"), "dir");
  await finding;
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** What the processor has, as Linux names it: the judge of what a host that calls machine code should say. */
const flags = existsSync("/proc/cpuinfo")
  ? new Set(/^(?:flags|Features)\s*:(.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1]?.trim().split(/\s+/))
  : new Set<string>();
const has = (...names: readonly string[]) => names.every((name) => flags.has(name));
const whatRuns: Readonly<Record<string, boolean>> = {
  "x64-avx2": has("avx2", "fma", "f16c", "bmi2"),
  "x64-avx512": has("avx2", "fma", "f16c", "bmi2", "avx512f", "avx512bw", "avx512dq", "avx512vl"),
  "arm64-neon": has("asimd"),
  "arm64-sve2": has("asimd", "sve", "sve2"),
};

interface Case {
  readonly runtime: RuntimeName;
  readonly installation: keyof typeof installations;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** "works", or the code with which every target of machine code for this architecture is refused. */
  readonly native: string;
  /** What may be said of wasm-simd128 and wasm-relaxed. */
  readonly simd: string;
  readonly relaxed: readonly string[];
}

const fused = process.arch === "arm64" || has("fma") ? "available" : "NOT_FUSED";
const modern = { simd: "available", relaxed: [fused] };
const node20 = { simd: "available", relaxed: ["NO_RELAXED_SIMD"] };
const jitless = { simd: "NO_WASM", relaxed: ["NO_WASM"] };
/** JavaScriptCore makes one rounding or two of it, as it likes. */
const either = { simd: "available", relaxed: [fused, "NOT_FUSED"] };
const permitted = ["--no-prompt", "--allow-read", "--allow-env", "--allow-sys"];

const cases: readonly Case[] = [
  { runtime: "node20", installation: "with koffi", native: "works", ...node20 },
  { runtime: "node20", installation: "without koffi", native: "NO_FFI", ...node20 },
  { runtime: "node20", installation: "with koffi", args: ["--jitless"], native: "works", ...jitless },
  { runtime: "node20", installation: "without koffi", args: ["--jitless"], native: "NO_FFI", ...jitless },
  { runtime: "node20", installation: "with koffi", env: { LANEWISE_NATIVE: "off" }, native: "DISABLED", ...node20 },
  { runtime: "node26", installation: "with koffi", native: "works", ...modern },
  { runtime: "node26", installation: "without koffi", native: "works", ...modern },
  { runtime: "node26", installation: "without koffi", args: ["--no-experimental-ffi"], native: "NO_FFI", ...modern },
  {
    runtime: "node26",
    installation: "without koffi",
    args: ["--permission", "--allow-fs-read=*"],
    native: "FFI_DENIED",
    ...modern,
  },
  {
    runtime: "node26",
    installation: "with koffi",
    args: ["--permission", "--allow-fs-read=*"],
    native: "FFI_DENIED",
    ...modern,
  },
  { runtime: "bun", installation: "without koffi", native: "works", ...either },
  {
    runtime: "deno",
    installation: "without koffi",
    args: ["run", ...permitted, "--allow-ffi"],
    native: "works",
    ...modern,
  },
  { runtime: "deno", installation: "without koffi", args: ["run", ...permitted], native: "FFI_DENIED", ...modern },
];

const titled = cases.map((one) => {
  const words = [
    one.runtime,
    one.installation,
    ...(one.args ?? []),
    ...Object.entries(one.env ?? {}).map(([k, v]) => `${k}=${v}`),
  ];
  return [words.join(" "), one] as const;
});

describe("info says the right target, or why not", () => {
  test.for(titled)("%s", async ([, { runtime, installation, args = [], env = {}, ...expected }], { skip }) => {
    const found = runtimes.get(runtime) ?? { missing: `${runtime} was not looked for` };
    if ("missing" in found) return skip(found.missing);
    const program = join(installations[installation], "dist/cli.js");
    const { stdout, stderr } = await run(found.path, [...args, program, "info", "--json"], {
      env: { ...process.env, NODE_OPTIONS: "", LANEWISE_NATIVE: "", LANEWISE_TARGET: "", ...env },
    });
    expect(stderr).not.toMatch(/experimental/i);
    const document = JSON.parse(stdout);
    validate(document);
    expect(validate.errors ?? []).toEqual([]);
    const targets: readonly TargetStatus[] = document.targets;
    const codes = Object.fromEntries(targets.map((one) => [one.name, one.available ? "available" : one.code]));
    expect(codes).toMatchObject({ eval: "available", "wasm-simd128": expected.simd });
    expect(expected.relaxed).toContain(codes["wasm-relaxed"]);
    for (const [name, runs] of Object.entries(whatRuns)) {
      const own = name.startsWith(process.arch);
      const working = runs ? "available" : "CPU_TOO_OLD";
      const code = expected.native === "works" ? working : expected.native;
      expect(codes, name).toMatchObject({ [name]: own ? code : "OTHER_ARCH" });
    }
  });
});
