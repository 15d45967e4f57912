import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../support/shared-data.ts";
import { buildChild } from "./testdata/build-child.ts";

/** Where all tests are skipped nothing would take it away. */
const scratch = process.platform !== "linux" ? "" : mkdtempSync(join(tmpdir(), "lanewise-process-"));
let program = "";

beforeAll(async () => {
  program = await buildChild(scratch, join(root, "node_modules"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function child(deed: string, ...flags: readonly string[]) {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [...flags, program, deed], {
    encoding: "utf8",
  });
  return { status, signal, stderr, said: stdout === "" ? undefined : JSON.parse(stdout) };
}

describe.skipIf(process.platform !== "linux")("machine code in a process of its own", () => {
  test("a worker calls code that the main thread has mapped, on memory that both share", () => {
    expect(child("share-with-worker")).toMatchObject({ status: 0, said: { code: 0, count: 1000 } });
  });

  test("a system that lets no page become executable is told apart", ({ skip }) => {
    // With its own JIT, Node could not go on there either.
    const { status, said, stderr } = child("deny-execution", "--jitless");
    expect(status, stderr).toBe(0);
    if (said.skipped !== undefined) return skip(said.skipped);
    const own = said.targets.filter(({ name }: { name: string }) => name.startsWith(process.arch));
    expect(own).toHaveLength(2);
    for (const one of own)
      expect(one).toMatchObject({ code: "EXEC_DENIED", reason: expect.stringContaining("errno 13") });
  });

  test("the page behind the code is guarded, what is left of its last page is no code, and code is not written over", () => {
    expect(child("run-into-guard").signal).toBe("SIGSEGV");
    expect(child("run-past-code").signal).toBe(process.arch === "x64" ? "SIGTRAP" : "SIGILL");
    expect(child("write-code").signal).toBe("SIGSEGV");
  });
});
