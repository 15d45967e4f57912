import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { countReport } from "./sum-tests.mjs";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lanewise-sum-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function report(name: string, success: boolean, files: { status: string; tests: string[] }[]): string {
  const path = join(folder, name);
  const testResults = files.map(({ status, tests }) => ({
    status,
    assertionResults: tests.map((one) => ({ status: one })),
  }));
  writeFileSync(path, JSON.stringify({ success, testResults }));
  return path;
}

function run(...args: string[]): { lines: string[]; status: number | null } {
  const script = fileURLToPath(new URL("./sum-tests.mjs", import.meta.url));
  const { stdout, status } = spawnSync(process.execPath, [script, ...args], { encoding: "utf8" });
  return { lines: stdout.trim().split("\n"), status };
}

const good = { status: "passed", tests: ["passed", "passed", "pending", "todo", "skipped"] };

test("counts passed, failed and skipped tests", () => {
  const path = report("a.json", false, [good, { status: "failed", tests: ["failed", "passed"] }]);
  expect(countReport(path)).toEqual({ passed: 3, failed: 1, skipped: 3 });
});

test("a file that did not load, an unhandled error and a missing report are failures", () => {
  expect(countReport(report("load.json", false, [good, { status: "failed", tests: [] }])).failed).toBe(1);
  expect(countReport(report("unhandled.json", false, [good])).failed).toBe(1);
  expect(countReport(join(folder, "none.json"))).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

test("the last line is the sum, and the exit code follows it", () => {
  const path = report("a.json", true, [good]);
  expect(run(path, path)).toMatchObject({ status: 0 });
  expect(run(path, path).lines.at(-1)).toBe("4 passed, 0 failed, 6 skipped");
  expect(run(path, "--failed-stages", "1")).toMatchObject({ status: 1 });
  expect(run(path, "--failed-stages", "1").lines.at(-1)).toBe("2 passed, 1 failed, 3 skipped");
  expect(run()).toEqual({ lines: ["0 passed, 0 failed, 0 skipped"], status: 1 });
});
