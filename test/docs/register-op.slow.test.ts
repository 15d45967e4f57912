import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { kernelTargets } from "../../src/api/target.ts";

const checkout = fileURLToPath(new URL("../..", import.meta.url));
const main = fileURLToPath(new URL("../../examples/register-op/main.js", import.meta.url));

beforeAll(() => {
  if (!existsSync(`${checkout}dist/index.js`)) throw new Error('No dist/ here: run "npm run build" first.');
});

test.each(["eval", ...kernelTargets().map(({ name }) => name)])("examples/register-op runs on %s", (target) => {
  const { stdout, stderr, status } = spawnSync(process.execPath, [main, "--target", target], { encoding: "utf8" });
  const steps = target === "eval" ? "0 kernel steps and 3 evaluated ones" : "1 kernel steps and 0 evaluated ones";
  expect({ stdout, stderr, status }).toEqual({
    stdout: `y = 8.0000, 2.4217, 0.0000, 8.0000\n${target}: ${steps} for 3 operators\n`,
    stderr: "",
    status: 0,
  });
});
