/** An emulated processor with AVX-512, for where none is at hand: Bochs, with a ROM that calls kernels. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { mayEmulate } from "../../../../test/support/emulators.ts";
import type { Run } from "../../../ir/interpret/interpret.ts";
import type { Machine } from "../../../kernels/testdata/machines.ts";
import { checkAllocation } from "../../regalloc/check.ts";
import { compileX64 } from "../compile.ts";
import { x64Avx512 } from "../targets.ts";

type MemoryRun = Run & { readonly memory: ArrayBuffer };

/** Where the ROM looks for its records. */
const records = 0x1000000;
const codeAt = 64;
/** Bochs loads images in blocks of this size. */
const block = 0x20000;

const settings = `
display_library: rfb, options="timeout=0"
romimage: file=rom.bin
vgaromimage: file=/usr/share/vgabios/vgabios.bin
optramimage1: file=image.bin, address=${records}
cpu: model=corei7_icelake_u, ips=50000000, reset_on_triple_fault=0
memory: guest=64, host=64
port_e9_hack: enabled=1
log: bochs.log
panic: action=fatal
`;

const tool = (name: string, args: readonly string[], cwd: string): string =>
  execFileSync(name, args, { cwd, stdio: ["ignore", "pipe", "pipe"], maxBuffer: 2 ** 28, encoding: "latin1" });

/** The ROM in a folder of its own, or undefined where what it takes is not installed. */
function makeFolder(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), "lanewise-bochs-"));
  const source = fileURLToPath(new URL("./bochs-rom.s", import.meta.url));
  try {
    tool("bochs", ["--help", "cpu"], folder);
    tool("as", ["--64", source, "-o", "rom.o"], folder);
    tool("ld", ["-m", "elf_x86_64", "--oformat", "binary", "-Ttext", "0", "-e", "0", "rom.o", "-o", "rom.bin"], folder);
  } catch {
    rmSync(folder, { recursive: true, force: true });
    return undefined;
  }
  writeFileSync(join(folder, "bochsrc"), settings);
  writeFileSync(join(folder, "commands"), "c\n");
  return folder;
}

/** The records, the code, and the kernel's memory; gives where that begins. */
function writeImage(folder: string, code: Uint8Array, run: MemoryRun): void {
  const memoryAt = Math.ceil((codeAt + code.length) / 4096) * 4096;
  const size = memoryAt + run.memory.byteLength;
  const image = new Uint8Array((Math.floor(size / block) + 2) * block);
  const view = new DataView(image.buffer);
  const arena = records + memoryAt;
  [1, arena, run.memory.byteLength, 0, records + codeAt, arena, run.args, run.begin, run.end, run.scratch].forEach(
    (word, i) => void view.setUint32(4 * i, word, true),
  );
  image.set(code, codeAt);
  image.set(new Uint8Array(run.memory), memoryAt);
  writeFileSync(join(folder, "image.bin"), image);
}

function runBochs(folder: string, code: Uint8Array, run: MemoryRun): void {
  writeImage(folder, code, run);
  let output: string;
  try {
    output = tool("bochs", ["-q", "-f", "bochsrc", "-rc", "commands"], folder);
  } catch (error) {
    // Turning the machine off counts as a failure.
    output = (error as { stdout?: string }).stdout ?? "";
  }
  const printed = /<([a-p]*)>/.exec(output)?.[1] ?? "";
  const bytes = new Uint8Array(run.memory);
  if (printed.length !== 2 * bytes.length)
    throw new Error(`The kernel did not come to its end:\n${output.slice(-500)}`);
  const digit = (i: number): number => printed.charCodeAt(i) - 97;
  for (let i = 0; i < bytes.length; i++) bytes[i] = 16 * digit(2 * i) + digit(2 * i + 1);
}

const folder = mayEmulate && process.platform === "linux" && process.arch === "x64" ? makeFolder() : undefined;

/** Runs AVX-512 code on the emulator, at half a second a run; undefined where Bochs or binutils are not installed. */
export const bochsMachine: Machine | undefined =
  folder === undefined
    ? undefined
    : {
        name: "x64-avx512 on Bochs",
        target: x64Avx512,
        run: (kernel, run) =>
          runBochs(folder, compileX64([kernel], { target: x64Avx512, check: checkAllocation }).code, run),
      };

/** Removes what the emulator needed on disk. */
export function closeBochs(): void {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
}
