// JavaScript runtimes other than the one that runs the tests, from npm: found where an earlier run put them, else installed.
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
/** Stays between runs, since the four are 400 MB. */
const cache = process.env["LANEWISE_RUNTIMES"] ?? join(tmpdir(), `lanewise-runtimes-${process.getuid?.() ?? 0}`);
const nodePackage = `node-linux-${process.arch}`;

/** The package that npm is asked for, the scope in which the program's own package then lies, and the program in that one. */
const packages = {
  node20: { spec: `${nodePackage}@20`, scope: ".", program: "bin/node" },
  node26: { spec: `${nodePackage}@26`, scope: ".", program: "bin/node" },
  bun: { spec: "bun@1", scope: "@oven", program: "bin/bun" },
  deno: { spec: "deno@2", scope: "@deno", program: "deno" },
} as const;

export type RuntimeName = keyof typeof packages;

/** Where a runtime's program is, or why it cannot be had. */
export type Runtime = { readonly path: string } | { readonly missing: string };

/** Finds or installs a runtime; Linux only, since that is where machine code is run. */
export async function findRuntime(name: RuntimeName): Promise<Runtime> {
  if (name === `node${process.versions.node.split(".")[0]}`) return { path: process.execPath };
  if (process.platform !== "linux")
    return { missing: `npm has no ${name} for ${process.platform} that this test knows` };
  const { spec } = packages[name];
  const folder = join(cache, spec);
  try {
    if (programIn(folder, name) === undefined) await install(spec, folder);
  } catch (error) {
    return { missing: `npm could not install ${spec}: ${error instanceof Error ? error.message : String(error)}` };
  }
  const path = programIn(folder, name);
  return path === undefined ? { missing: `${spec} from npm has no program for ${process.arch}` } : { path };
}

function programIn(folder: string, name: RuntimeName): string | undefined {
  const { scope, program } = packages[name];
  const packagesFolder = join(folder, "node_modules", scope);
  if (!existsSync(packagesFolder)) return undefined;
  return readdirSync(packagesFolder)
    .map((one) => join(packagesFolder, one, program))
    .find((path) => existsSync(path));
}

async function install(spec: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const options = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  await run("npm", ["install", "--prefix", folder, ...options, spec], { timeout: 120_000 });
}
