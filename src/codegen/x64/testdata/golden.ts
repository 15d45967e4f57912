/**
 * What is kept of the bytes of the sweep, as text: for each form a line with the number of its instructions and a digest of all their texts
 * and bytes, and two of them in full; for each program the number of its bytes and their digest.
 */
import { createHash } from "node:crypto";
import { print, printInstruction } from "../print.ts";
import { programs } from "./programs.ts";
import type { Group } from "./sweep.ts";
import { sweep } from "./sweep.ts";

const digest = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 16);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

/** Something that turns lines and programs into bytes: the encoder, or GNU as. */
export interface Oracle {
  readonly lines: (groups: readonly Group[], texts: readonly string[]) => readonly Uint8Array[];
  readonly program: (name: string, text: string) => Uint8Array;
}

function goldenGroup(name: string, lines: readonly string[]): string {
  const samples = [...new Set([lines[0], lines.at(-1)])].map((line) => `  ${line}\n`);
  return `${name} ${lines.length} ${digest(lines.join("\n"))}\n${samples.join("")}`;
}

/** The golden text by the name of its group or program. */
export function golden({ lines, program }: Oracle): ReadonlyMap<string, string> {
  const groups = sweep();
  const texts = groups.flatMap(({ instructions }) => instructions.map(printInstruction));
  const bytes = lines(groups, texts);
  let next = 0;
  const entries = groups.map(({ name, instructions }): [string, string] => {
    const start = next;
    next += instructions.length;
    const both = texts.slice(start, next).map((text, at) => `${text} = ${hex(bytes[start + at] ?? new Uint8Array())}`);
    return [name, goldenGroup(name, both)];
  });
  const whole = Object.entries(programs()).map(([name, assembler]): [string, string] => {
    const text = print(assembler);
    const code = program(name, text);
    return [name, `program ${name} ${code.length} ${digest(`${text}${hex(code)}`)}\n`];
  });
  return new Map([...entries, ...whole]);
}

/** Splits a golden text again. */
export function parseGolden(text: string): ReadonlyMap<string, string> {
  const entries = text.split(/\n(?! )/).filter((entry) => entry !== "");
  return new Map(
    entries.map((entry) => [/^(?:program )?(.+?) \d+ [0-9a-f]{16}$/m.exec(entry)?.[1] ?? "", `${entry}\n`]),
  );
}
