// @ts-check
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/**
 * Runs a TypeScript file of bench/internals, which reaches into the engine's sources below its public API, as a process of its own. The file
 * reads its task as JSON from its first argument and prints its answer as JSON.
 * @param {string} file
 * @param {{ node?: string, task: unknown }} options
 * @returns {Promise<any>}
 */
export async function onInternals(file, { node = process.execPath, task }) {
  // Within node_modules, so that koffi is found from there.
  const scratch = mkdtempSync(fileURLToPath(new URL("../node_modules/.internals-", import.meta.url)));
  try {
    const outfile = join(scratch, "main.mjs");
    await bundle(fileURLToPath(new URL(`../internals/${file}`, import.meta.url)), outfile);
    const { stdout } = await promisify(execFile)(node, [outfile, JSON.stringify(task)], {
      maxBuffer: 1 << 26,
    });
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * @param {string} entry
 * @param {string} outfile
 */
async function bundle(entry, outfile) {
  const root = createRequire(new URL("../../package.json", import.meta.url));
  /** @type {typeof import("esbuild")} */
  const esbuild = root("esbuild");
  await esbuild.build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "es2022",
    logLevel: "warning",
  });
}
