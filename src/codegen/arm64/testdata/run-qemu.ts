/** Runs kernels under qemu-aarch64, many in one process: each in a memory of its own that ends at an inaccessible page. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mayEmulate } from "../../../../test/support/emulators.ts";
import { Assembler, Label } from "../assembler.ts";
import { floatBits } from "../immediates.ts";
import { condition } from "../operand-kind.ts";
import { writeElf } from "./elf.ts";

/** A call of a kernel: where it is in the code, its memory, and offsets in that. */
export interface Call {
  readonly entry: number;
  readonly memory: Uint8Array;
  readonly args: number;
  readonly begin: number;
  readonly end: number;
  readonly scratch: number;
  /** What the call has to return, where it returns something. */
  readonly returns?: number;
}

/** Where the code is. */
export const codeAddress = 0x400000;
const dataAddress = 0x10000000;
const page = 4096;

/** Processors as qemu names them, by what they are here for. */
export const processors = {
  neon: "neoverse-n1",
  sve: (bits: number): string => {
    const lengths = [128, 256, 512, 1024, 2048].map((each) => `sve${each}=${each <= bits ? "on" : "off"}`);
    return `max,${lengths.join(",")},sve-default-vector-length=${bits / 8}`;
  },
} as const;

/** Whether qemu-aarch64 is installed. */
export function hasQemu(): boolean {
  return mayEmulate && spawnSync("qemu-aarch64", ["--version"]).status === 0;
}

/** Why tests are skipped without qemu. */
export const qemuReason = "needs qemu-aarch64, apt-get install qemu-user, and LANEWISE_EMULATORS not off";

/** Where the memories of calls begin. */
export function addressesOf(calls: readonly Pick<Call, "memory">[]): number[] {
  let next = dataAddress;
  return calls.map(({ memory }) => {
    if (memory.length % 16 !== 0) throw new RangeError(`A memory of ${memory.length} bytes is not a multiple of 16.`);
    next += page * (Math.ceil(memory.length / page) + 1);
    return next - memory.length;
  });
}

/** The memories as the calls leave them. Throws when the program is stopped or a kernel loses a register of its caller. */
export function runQemu(code: Uint8Array, calls: readonly Call[], processor: string): Uint8Array[] {
  const addresses = addressesOf(calls);
  const start = Math.ceil(code.length / 16) * 16;
  const program = new Uint8Array([...code, ...new Uint8Array(start - code.length), ...writeProgram(calls, addresses)]);
  const segments = calls.map(({ memory }, i) => ({ address: addresses[i] as number, bytes: memory, isCode: false }));
  const elf = writeElf([{ address: codeAddress, bytes: program, isCode: true }, ...segments], codeAddress + start);
  const out = execute(elf, processor);
  let at = 0;
  return calls.map(({ memory }) => {
    at += memory.length;
    return out.subarray(at - memory.length, at);
  });
}

function execute(elf: Uint8Array, processor: string): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "lanewise-qemu-"));
  try {
    const path = join(folder, "program");
    writeFileSync(path, elf, { mode: 0o755 });
    const { status, signal, stdout, stderr } = spawnSync("qemu-aarch64", ["-cpu", processor, path], {
      maxBuffer: 2 ** 30,
    });
    if (status === 0) return new Uint8Array(stdout);
    throw new Error(`qemu-aarch64 -cpu ${processor} ended with ${signal ?? status}: ${stderr}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Calls every kernel, writes every memory to the standard output, and ends. The program starts where the code ends. */
function writeProgram(calls: readonly Call[], addresses: readonly number[]): Uint8Array {
  const a = new Assembler();
  const failed = new Label();
  const number = (register: number, value: number): void => {
    a.emit("movz_x", register, value & 0xffff, 0);
    a.emit("movk_x", register, (value >>> 16) & 0xffff, 16);
  };
  calls.forEach(({ entry, args, begin, end, scratch, returns }, i) => {
    mark(a);
    [addresses[i] as number, args, begin, end, scratch].forEach((value, register) => void number(register, value));
    number(9, codeAddress + entry);
    a.emit("blr", 9);
    if (returns !== undefined) {
      a.emit("cmp_wi", 0, returns);
      a.emit("b_cond", condition.ne, failed);
    }
    checkMarks(a, failed);
  });
  calls.forEach(({ memory }, i) => {
    [1, addresses[i] as number, memory.length].forEach((value, register) => void number(register, value));
    number(8, 64);
    a.emit("svc", 0);
  });
  number(0, 0);
  const exit = new Label();
  a.bind(exit);
  number(8, 93);
  a.emit("svc", 0);
  a.bind(failed);
  number(0, 3);
  a.emit("b", exit);
  return a.finish();
}

const general = Array.from({ length: 10 }, (_, i) => 19 + i);
const vectors = Array.from({ length: 8 }, (_, i) => 8 + i);

/** Numbers in the registers that a kernel has to leave as they are. */
function mark(a: Assembler): void {
  for (const id of general) a.emit("movz_x", id, id, 0);
  for (const id of vectors) {
    a.emit("movz_w", 9, id, 0);
    a.emit("scvtf_sw", id, 9);
  }
}

function checkMarks(a: Assembler, failed: Label): void {
  for (const id of general) {
    a.emit("cmp_xi", id, id);
    a.emit("b_cond", condition.ne, failed);
  }
  for (const id of vectors) {
    a.emit("umov_d", 9, id, 0);
    a.emit("movz_x", 10, floatBits(id) >>> 16, 16);
    a.emit("cmp_x", 9, 10);
    a.emit("b_cond", condition.ne, failed);
  }
}
