import { expect, test } from "vitest";
import { size, vector } from "../../ir/arguments.ts";
import { cursorRecord, nativeContext, stepRecord } from "../../ir/driver-layout.ts";
import { kernel } from "../../ir/kernel.ts";
import { compileArm64 } from "./compile.ts";
import { driver } from "./driver.ts";
import { arm64Neon } from "./targets.ts";
import { addressesOf, codeAddress, hasQemu, processors, qemuReason, runQemu } from "./testdata/run-qemu.ts";

/** y[item] += by for each item. */
const count = kernel("count", (_: Readonly<Record<never, never>>) => ({
  signature: { y: vector("i32"), by: size() },
  build: (k, { y, by }) => k.items((item) => k.storeScalar(y, item, k.iadd(k.loadScalar(y, item), by))),
}));

const places = { cursor: 64, steps: 128, args: [256, 320], results: [384, 448], scratch: 512, bytes: 576 };
const items = [7, 5];
const by = [1, 10];

interface Start {
  readonly step?: number;
  readonly item?: number;
  readonly budget?: number;
  readonly abort?: number;
}

const { code, entries } = compileArm64([count.build({}, arm64Neon)], { target: arm64Neon });
const all = new Uint8Array([...code, ...driver().finish()]);

/** A memory that begins with the context, for two steps whose calls have three items at most. */
function memoryOf({ step = 0, item = 0, budget = 100, abort = 0 }: Start): Uint8Array {
  const view = new DataView(new ArrayBuffer(places.bytes));
  const put = (at: number, value: number): void => view.setInt32(at, value, true);
  put(nativeContext.steps, places.steps);
  put(nativeContext.count, 2);
  put(nativeContext.cursor, places.cursor);
  put(nativeContext.scratch, places.scratch);
  put(places.cursor + cursorRecord.step, step);
  put(places.cursor + cursorRecord.item, item);
  put(places.cursor + cursorRecord.budget, budget);
  put(places.cursor + cursorRecord.abort, abort);
  for (const i of [0, 1]) {
    const record = places.steps + stepRecord.bytes * i;
    put(record + stepRecord.entry, entries.get("count") as number);
    put(record + stepRecord.args, places.args[i] as number);
    put(record + stepRecord.items, items[i] as number);
    put(record + stepRecord.chunk, 3);
    put(places.args[i] as number, places.results[i] as number);
    put((places.args[i] as number) + 4, by[i] as number);
  }
  return new Uint8Array(view.buffer);
}

/** Runs the driver from each start: where it then stands, and how often each item of both steps was done. */
function runAll(starts: readonly Start[]): { cursor: number[]; done: number[][] }[] {
  const memories = starts.map((start) => ({ memory: memoryOf(start) }));
  addressesOf(memories).forEach((address, i) => {
    const view = new DataView((memories[i] as { memory: Uint8Array }).memory.buffer);
    view.setBigUint64(nativeContext.base, BigInt(address), true);
    view.setBigUint64(nativeContext.code, BigInt(codeAddress), true);
  });
  const registers = { args: 0, begin: 0, end: 0, scratch: 0, returns: 0 };
  const calls = memories.map((memory) => ({ ...memory, ...registers, entry: code.length }));
  return runQemu(all, calls, processors.neon).map((memory) => {
    const words = new Int32Array(memory.slice().buffer);
    const from = (at: number, length: number): number[] => [...words.slice(at / 4, at / 4 + length)];
    return { cursor: from(places.cursor, 4), done: places.results.map((at, i) => from(at, items[i] as number)) };
  });
}

test.skipIf(!hasQemu())(`the driver walks steps in chunks, and stops for budget and abort (${qemuReason})`, () => {
  const nothing = [Array(7).fill(0), Array(5).fill(0)];
  expect(
    runAll([{}, { budget: 2 }, { abort: 1 }, { step: 0, item: 6 }, { step: 1, item: 3 }, { step: 2 }, { budget: 0 }]),
  ).toEqual([
    { cursor: [2, 0, 95, 0], done: [Array(7).fill(1), Array(5).fill(10)] },
    { cursor: [0, 6, 0, 0], done: [[1, 1, 1, 1, 1, 1, 0], Array(5).fill(0)] },
    { cursor: [0, 0, 100, 1], done: nothing },
    { cursor: [2, 0, 97, 0], done: [[0, 0, 0, 0, 0, 0, 1], Array(5).fill(10)] },
    { cursor: [2, 0, 99, 0], done: [Array(7).fill(0), [0, 0, 0, 10, 10]] },
    { cursor: [2, 0, 100, 0], done: nothing },
    { cursor: [0, 0, 0, 0], done: nothing },
  ]);
});
