import { readdirSync } from "node:fs";
import { expect } from "vitest";
import { runCli } from "../../src/cli/testdata/run-cli.ts";

/** What every message has: the parts that a reader needs, each where it can be seen. */
export interface Parts {
  /** The file, node, tensor or operator. */
  readonly names: string;
  readonly expected: string;
  readonly came: string;
  readonly next: string;
}

export function expectParts(message: string, { names, expected, came, next }: Parts): void {
  for (const part of [names, expected, came, next]) expect(message).toContain(part);
  expect(message).toMatch(/^[^\n]+\.$/);
}

/** Runs a command that must fail: one line on stderr, nothing on stdout, nothing new below `root`. Gives the message. */
export async function failure(root: string, exitCode: 1 | 2, ...args: readonly string[]): Promise<string> {
  const before = readdirSync(root, { recursive: true });
  const { stderr, ...rest } = await runCli(args);
  expect(rest).toEqual({ exitCode, stdout: "" });
  expect(stderr).toMatch(/^error: [^\n]+\n$/);
  expect(stderr).not.toMatch(/\bat .*:\d+:\d+/);
  expect(readdirSync(root, { recursive: true })).toEqual(before);
  return stderr.slice("error: ".length, -1);
}
