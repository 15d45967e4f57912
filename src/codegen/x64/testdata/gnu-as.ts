/** What GNU as makes of a text. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

function run(command: string, args: readonly string[], input = ""): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { input, encoding: "utf8", maxBuffer: 2 ** 28 });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} failed: ${stderr.split("\n").slice(0, 20).join("\n")}`);
  return stdout;
}

/** Whether GNU as for x86-64 and objcopy are here. */
export function hasGnuAs(): boolean {
  const { status, stdout } = spawnSync("as", ["--version"], { encoding: "utf8" });
  const objcopy = spawnSync("objcopy", ["--version"]);
  return status === 0 && objcopy.status === 0 && /target of .x86_64/.test(stdout);
}

/** The bytes of some sections of the object that as makes. */
function assemble(source: string, sections: readonly string[]): Uint8Array[] {
  const folder = mkdtempSync(join(tmpdir(), "gnu-as-"));
  try {
    const object = join(folder, "code.o");
    run("as", ["-o", object, "-"], source);
    return sections.map((section) => {
      const file = join(folder, "section.bin");
      run("objcopy", ["-O", "binary", "-j", section, object, file]);
      return readFileSync(file);
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The bytes of a program. */
export function assembleProgram(source: string): Uint8Array {
  return assemble(source, [".text"])[0] ?? new Uint8Array();
}

/** The bytes of each line. */
export function assembleLines(lines: readonly string[]): Uint8Array[] {
  const measured = lines.map((line) => `1: ${line}\n2: .pushsection .lengths,"a"\n.byte 2b-1b\n.popsection`);
  const [code, lengths] = assemble(`.intel_syntax noprefix\n${measured.join("\n")}\n`, [".text", ".lengths"]);
  let end = 0;
  return Array.from(lengths ?? [], (length) => {
    end += length;
    return code?.subarray(end - length, end) ?? new Uint8Array();
  });
}
