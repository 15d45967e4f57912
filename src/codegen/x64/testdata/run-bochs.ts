/** Runs kernels on a PC that Bochs emulates, whose processor has AVX-512: many in one process, by a ROM that calls them. */

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { mayEmulate } from "../../../../test/support/emulators.ts";
import type { Run } from "../../../ir/interpret/interpret.ts";

/** A call of a kernel: where it is in the code, and its memory. */
export interface Call extends Run {
  readonly entry: number;
  readonly memory: ArrayBuffer;
}

/** Where the ROM looks for its records, and what is left of the PC's memory from there. */
const records = 0x1000000;
const room = 0x3000000;
/** Bochs hands out its memory in blocks of this size. */
const block = 0x20000;
/** Bytes around memories, and what is in them. */
const guard = 4096;
const filler = 0xa5;
/** A run that has not ended after so many milliseconds goes round in circles. */
const timeout = 240_000;

const settings = `
display_library: rfb, options="timeout=0"
romimage: file=rom.bin
vgaromimage: file=/usr/share/vgabios/vgabios.bin
optramimage1: file=image.bin, address=${records}
cpu: model=corei7_icelake_u, ips=50000000, reset_on_triple_fault=0
memory: guest=64, host=64
magic_break: enabled=1
log: bochs.log
panic: action=fatal
`;

const succeeds = (command: string, args: readonly string[]): boolean =>
  spawnSync(command, args, { stdio: "ignore" }).status === 0;

/** Whether Bochs is installed, and what makes its ROM. */
export function hasBochs(): boolean {
  if (!mayEmulate || process.platform !== "linux" || process.arch !== "x64") return false;
  return succeeds("bochs", ["--help", "cpu"]) && succeeds("as", ["--version"]) && succeeds("ld", ["--version"]);
}

/** Why tests are skipped without Bochs. */
export const bochsReason =
  "needs bochs, apt-get install bochs bochsbios vgabios bochs-term binutils, on x64 Linux, and LANEWISE_EMULATORS not off";

/** The memories as the calls leave them. Throws when the machine faults, or a kernel loses a register of its caller or writes around its memory. */
export function runBochs(code: Uint8Array, calls: readonly Call[]): Uint8Array[] {
  const { image, places } = writeImage(code, calls);
  const folder = mkdtempSync(join(tmpdir(), "lanewise-bochs-"));
  try {
    makeRom(folder);
    writeFileSync(join(folder, "image.bin"), image);
    writeFileSync(join(folder, "bochsrc"), settings);
    writeFileSync(join(folder, "commands"), `c\nwritemem "out.bin" ${records} ${image.length}\nq\n`);
    const args = ["-q", "-f", "bochsrc", "-rc", "commands"];
    // With a pipe for its input the debugger would wait at the breakpoint.
    const { stdout, error } = spawnSync("bochs", args, {
      cwd: folder,
      timeout,
      encoding: "latin1",
      stdio: ["ignore", "pipe", "ignore"],
    });
    if (error) throw error;
    const path = join(folder, "out.bin");
    const out = existsSync(path) ? readFileSync(path) : undefined;
    if (out?.readUInt32LE(8) !== 1) throw new Error(`The kernels did not come to their end:\n${stdout.slice(-2000)}`);
    return calls.map(({ memory }, i) => memoryOf(out, places[i] as number, memory.byteLength));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function makeRom(folder: string): void {
  const source = fileURLToPath(new URL("./bochs-rom.s", import.meta.url));
  execFileSync("as", ["--64", source, "-o", "rom.o"], { cwd: folder });
  const layout = ["-m", "elf_x86_64", "--oformat", "binary", "-Ttext", "0", "-e", "0"];
  execFileSync("ld", [...layout, "rom.o", "-o", "rom.bin"], { cwd: folder });
}

/** The records, the code, and the memories; and where those begin. */
function writeImage(
  code: Uint8Array,
  calls: readonly Call[],
): { readonly image: Uint8Array; readonly places: number[] } {
  const codeAt = Math.ceil((16 + 32 * calls.length) / 64) * 64;
  let end = Math.ceil((codeAt + code.length) / 64) * 64;
  const places = calls.map(({ memory }) => {
    const place = end + guard;
    end = place + Math.ceil(memory.byteLength / 64) * 64;
    return place;
  });
  const blocks = Math.ceil((end + guard) / block);
  if (blocks * block > room) throw new RangeError(`The memories take ${end} bytes, of ${room}.`);
  const image = new Uint8Array(blocks * block).fill(filler);
  const view = new DataView(image.buffer);
  const put = (at: number, words: readonly number[]): void =>
    words.forEach((word, i) => void view.setUint32(at + 4 * i, word, true));
  put(0, [calls.length, blocks, 0, 0]);
  image.set(code, codeAt);
  calls.forEach(({ entry, memory, args, begin, end: last, scratch }, i) => {
    const arena = places[i] as number;
    put(16 + 32 * i, [records + codeAt + entry, records + arena, args, begin, last, scratch, 0, 0]);
    image.set(new Uint8Array(memory), arena);
  });
  return { image, places };
}

function memoryOf(out: Uint8Array, place: number, length: number): Uint8Array {
  const isFiller = (byte: number): boolean => byte === filler;
  if (
    !out.subarray(place - guard, place).every(isFiller) ||
    !out.subarray(place + length, place + length + guard).every(isFiller)
  )
    throw new Error(`A kernel wrote around its memory of ${length} bytes.`);
  return out.subarray(place, place + length);
}
