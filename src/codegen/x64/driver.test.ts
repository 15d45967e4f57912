import { describe, expect, test } from "vitest";
import { seed } from "../../../test/support/seed.ts";
import { cursorRecord, nativeContext, stepRecord } from "../../ir/driver-layout.ts";
import { openNativeHost } from "../../runtime/hosts/native/native-host.ts";
import { createRandom } from "../../tensor/random.ts";
import { Assembler } from "./assembler.ts";
import type { Abi } from "./driver.ts";
import { driver } from "./driver.ts";
import { mem } from "./operand.ts";
import { gpr, rax, rbp, rbx, rcx, rdi, rdx, rsi, rsp, vec } from "./registers.ts";

const [r8, r9, r10, r11] = [gpr(8), gpr(9), gpr(10), gpr(11)];

/** Words of an argument block: where the log's next entry goes, the item from which to abort, and the address of the abort word. */
const blockOf = { log: 0, abortFrom: 4, abort: 8 };

/** A kernel that logs what it is called with and how rsp is aligned, may set the abort word, and overwrites all it may. */
function loggingKernel(): Uint8Array {
  const code = new Assembler();
  const at = (index: typeof rax, disp: number) => ({ base: rdi, index, disp });
  code.emit("mov", {}, rax, at(rsi, blockOf.log));
  code.emit("mov", {}, r9, at(rax, 0));
  [rsi, rdx, rcx, r8, rsp].forEach((register, word) => {
    code.emit("mov", {}, at(r9, 4 * word), register);
  });
  code.emit("add", {}, r9, 20);
  code.emit("mov", {}, at(rax, 0), r9);
  const goOn = code.label();
  code.emit("cmp", {}, rdx, at(rsi, blockOf.abortFrom));
  code.jcc("l", goOn);
  code.emit("mov", {}, rax, at(rsi, blockOf.abort));
  code.emit("mov", {}, at(rax, 0), 1);
  code.bind(goOn);
  for (const register of [rax, rcx, rdx, rsi, rdi, r8, r9, r10, r11]) code.emit("mov", { width: 64 }, register, -1);
  for (let id = 0; id < 16; id++) code.emit("vpcmpeqd", { width: 256 }, vec(id), vec(id), vec(id));
  code.emit("ret", {});
  return code.finish();
}

/** Calls the driver at [argument] as its ABI says, with a pattern in each register that it must give back; returns 0 where all are there. */
function checkingCaller(abi: Abi): Uint8Array {
  const code = new Assembler();
  const kept = [rbx, rbp, gpr(12), gpr(13), gpr(14), gpr(15)];
  const checked = abi === "win64" ? [...kept, rdi, rsi] : kept;
  const vectors = abi === "win64" ? [6, 7, 8, 9, 10, 11, 12, 13, 14, 15] : [];
  const pattern = (id: number) => 0x1000000 + id;
  for (const register of kept) code.emit("push", {}, register);
  code.emit("sub", { width: 64 }, rsp, 40);
  code.emit("mov", { width: 64 }, rax, mem(rsi));
  code.emit("mov", { width: 64 }, rcx, rdi);
  for (const id of vectors) {
    code.emit("mov", {}, rdx, pattern(id));
    code.emit("vmovd", {}, vec(id), rdx);
  }
  for (const register of checked) code.emit("mov", { width: 64 }, register, pattern(register.id));
  if (abi === "sysv") code.emit("mov", { width: 64 }, rdi, rcx);
  code.emit("call", {}, rax);
  for (const register of checked) {
    code.emit("sub", { width: 64 }, register, pattern(register.id));
    code.emit("or", {}, rax, register);
  }
  for (const id of vectors) {
    code.emit("vmovd", {}, rdx, vec(id));
    code.emit("sub", {}, rdx, pattern(id));
    code.emit("or", {}, rax, rdx);
  }
  code.emit("add", { width: 64 }, rsp, 40);
  for (const register of kept.toReversed()) code.emit("pop", {}, register);
  code.emit("ret", {});
  return code.finish();
}

interface Step {
  readonly items: number;
  readonly chunk: number;
  readonly abortFrom: number;
}

interface Cursor {
  step: number;
  item: number;
  budget: number;
  abort: number;
}

type Call = readonly [args: number, begin: number, end: number, scratch: number, alignment: number];

const place = { steps: 64, args: 1024, cursor: 2048, log: 4096, scratch: 640, entries: 4100 };

/** The same in words: what the layout's documentation says of a driver. */
function expectedCalls(steps: readonly Step[], cursor: Cursor): Call[] {
  const calls: Call[] = [];
  for (; cursor.step < steps.length; cursor.step++, cursor.item = 0) {
    const { items, chunk, abortFrom } = steps[cursor.step] as Step;
    while (cursor.item < items) {
      if (cursor.budget <= 0 || cursor.abort !== 0) return calls;
      const end = Math.min(items, cursor.item + chunk);
      calls.push([place.args + 16 * cursor.step, cursor.item, end, place.scratch, 8]);
      if (cursor.item >= abortFrom) cursor.abort = 1;
      cursor.item = end;
      cursor.budget--;
    }
  }
  return calls;
}

describe.skipIf(process.arch !== "x64").each(["sysv", "win64"] as const)("the driver for %s", (abi) => {
  const host = openNativeHost();
  const parts = [driver({ abi }).finish(), loggingKernel(), checkingCaller(abi)];
  const offsets = [0, 1024, 2048];
  const bytes = new Uint8Array(4096);
  parts.forEach((part, at) => {
    bytes.set(part, offsets[at]);
  });
  const holder = new Uint8Array(65536);
  const words = new DataView(holder.buffer);
  const memory = host.memory(holder);

  function prepare(steps: readonly Step[], code: bigint): void {
    holder.fill(0);
    words.setBigInt64(nativeContext.base, memory.base, true);
    words.setBigInt64(nativeContext.code, code, true);
    const set = (at: number, value: number) => words.setInt32(at, value, true);
    set(nativeContext.steps, place.steps);
    set(nativeContext.count, steps.length);
    set(nativeContext.cursor, place.cursor);
    set(nativeContext.scratch, place.scratch);
    set(place.log, place.entries);
    words.setBigInt64(32, code, true);
    steps.forEach(({ items, chunk, abortFrom }, step) => {
      const [record, args] = [place.steps + stepRecord.bytes * step, place.args + 16 * step];
      set(record + stepRecord.entry, offsets[1] as number);
      set(record + stepRecord.args, args);
      set(record + stepRecord.items, items);
      set(record + stepRecord.chunk, chunk);
      set(args + blockOf.log, place.log);
      set(args + blockOf.abortFrom, abortFrom);
      set(args + blockOf.abort, place.cursor + cursorRecord.abort);
    });
  }

  const readCursor = (): Cursor => {
    const word = (field: keyof Cursor) => words.getInt32(place.cursor + cursorRecord[field], true);
    return { step: word("step"), item: word("item"), budget: word("budget"), abort: word("abort") };
  };

  function readLog(from: number): Call[] {
    const calls = (words.getInt32(place.log, true) - place.entries) / 20;
    return Array.from({ length: calls }, (_, call): Call => {
      const [args, begin, end, scratch, stack] = Array.from({ length: 5 }, (_, word) =>
        words.getInt32(place.entries + 20 * call + 4 * word, true),
      ) as [number, number, number, number, number];
      return [args, begin, end, scratch, stack & 15];
    }).slice(from);
  }

  test(`makes the calls that the table asks for, stops for budget and abort, and goes on (seed ${seed})`, () => {
    using region = host.map(bytes);
    const random = createRandom(seed);
    const call = region.entry(offsets[2] as number);
    for (let round = 0; round < 200; round++) {
      const steps = Array.from({ length: random.int(0, 6) }, () => ({
        items: random.int(0, 20),
        chunk: random.int(1, 8),
        abortFrom: random.int(0, 40),
      }));
      prepare(steps, region.base);
      const cursor: Cursor = { step: 0, item: 0, budget: 0, abort: 0 };
      for (let entries = 0; cursor.step < steps.length || entries === 0; entries++) {
        cursor.budget = random.int(0, 10);
        cursor.abort = 0;
        words.setInt32(place.cursor + cursorRecord.budget, cursor.budget, true);
        words.setInt32(place.cursor + cursorRecord.abort, 0, true);
        const before = readLog(0).length;
        const expected = expectedCalls(steps, cursor);
        expect(call(memory.base, memory.base + 32n)).toBe(0);
        expect(readLog(before)).toEqual(expected);
        expect(readCursor()).toEqual(cursor);
      }
    }
  });
});
