import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli, testPath } from "../../src/cli/testdata/run-cli.ts";

const commands = ["run", "bench", "bench-kernel", "dump", "compare", "profile", "verify", "emit", "inspect", "info"];

/** The command lines under "Example" in a help text. */
const examplesIn = (help: string): string[][] =>
  [...help.matchAll(/^ {2}\$ lanewise (.*)$/gm)].map(([, line]) => (line ?? "").split(" "));

let folder = "";
const started = process.cwd();
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lanewise-help-"));
  cpSync(testPath("model.onnx"), join(folder, "model.onnx"));
  cpSync(testPath("case"), join(folder, "case"), { recursive: true });
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(started);
  rmSync(folder, { recursive: true, force: true });
});

test("the help lists every command", async () => {
  const { exitCode, stdout } = await runCli(["--help"]);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^Usage: lanewise /);
  expect([...stdout.matchAll(/^ {2}([a-z-]+) /gm)].map(([, name]) => name)).toEqual([...commands, "help"]);
});

test.each(commands)("the examples of %s work as they stand", async (command) => {
  const { exitCode, stdout } = await runCli([command, "--help"]);
  expect(exitCode).toBe(0);
  const examples = examplesIn(stdout);
  expect(examples.length).toBeGreaterThan(0);
  for (const example of examples) {
    expect(example[0]).toBe(command);
    const result = await runCli(example);
    expect(result, example.join(" ")).toMatchObject({ exitCode: 0, stderr: "" });
    expect(result.stdout).not.toBe("");
  }
});

test.each(["run", "bench", "dump", "compare", "profile", "inspect"])(
  "%s takes the options of every model command",
  async (command) => {
    const shared = ["--target", "auto", "--threads", "2", "--dim", "batch=2", "--seed", "7", "--input", "x=2,4"];
    expect(await runCli([command, "model.onnx", ...shared, "--json"])).toMatchObject({ exitCode: 0, stderr: "" });
  },
);
