import { Writable } from "node:stream";
import { commandLine } from "../command-line.ts";
import type { Io } from "../io.ts";

/** The path of a file of this folder. */
export const testPath = (name: string): string => `${import.meta.dirname}/${name}`;

export interface CliResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A stream that keeps what is written to it. */
function collector(): { readonly stream: Writable; readonly text: () => string } {
  const parts: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      parts.push(chunk);
      done();
    },
  });
  return { stream, text: () => parts.join("") };
}

/** Runs a command line in this process. */
export async function runCli(args: readonly string[], env: Io["env"] = {}): Promise<CliResult> {
  const [out, err] = [collector(), collector()];
  const exitCode = await commandLine(args, { stdout: out.stream, stderr: err.stream, env, exitCode: 0 });
  return { exitCode, stdout: out.text(), stderr: err.text() };
}

/** The JSON documents that a command prints, one a line; throws when it prints anything else. */
export async function jsonOf<T>(...args: readonly string[]): Promise<readonly T[]> {
  const { stdout } = await runCli([...args, "--json"]);
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as T);
}
