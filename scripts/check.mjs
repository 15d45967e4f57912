// `npm run check`: format, lint, types, import table, folder sizes. Runs all of them, then says which failed.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** @type {readonly (readonly [name: string, script: string, ...args: string[]])[]} */
const stages = [
  ["format and lint", "node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings", "."],
  ["types", "node_modules/typescript/bin/tsc", "--noEmit"],
  ["imports", "scripts/check-imports.mjs"],
  ["folder sizes", "scripts/folder-sizes.mjs"],
];

/** @type {string[]} */
const failed = [];
for (const [name, script, ...args] of stages) {
  const start = performance.now();
  const { status, error } = spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: "inherit" });
  if (error) throw error;
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${status === 0 ? "ok    " : "FAILED"} ${name} (${seconds} s)\n`);
  if (status !== 0) failed.push(name);
}
if (failed.length > 0) {
  console.error(`check failed: ${failed.join(", ")}. "npm run format" repairs what it can.`);
  process.exitCode = 1;
}
