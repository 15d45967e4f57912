import { cursorRecord, stepRecord } from "../../../ir/driver-layout.ts";
import { interpret } from "../../../ir/interpret/interpret.ts";
import { rmsNorm } from "../../../kernels/norm/rms-norm.ts";
import { use } from "../../../kernels/schedule.ts";
import { nativeCodegens } from "./native-codes.ts";
import type { NativeHost } from "./native-host.ts";
import { NativeKernelHost } from "./native-kernel-host.ts";

/** A row with whole rounds, whole vectors and a tail on every target. */
const n = 75;
const bytes = 4 * n;

/** Where things lie in the reference's memory. */
const places = { args: 0, x: 1024, scale: 2048, y: 3072, scratch: 4096, end: 8192 };

/**
 * Runs a kernel that sums, divides, takes a root, and has a tail, on a target and by the interpreter. Says what differs, or undefined when
 * the bits agree. The kernel is one that models have, so its code is of use afterwards.
 */
export function selfTest(host: NativeHost, target: string): string | undefined {
  const codegen = nativeCodegens.find((each) => each.target.name === target);
  if (codegen === undefined) return `Nothing makes code for ${target}.`;
  const kernel = use(rmsNorm, { storage: "f32", result: "f32", scale: "f32" });
  const x = Float32Array.from({ length: n }, (_, i) => Math.fround(((i * 37) % 101) / 7 - 5));
  const scale = Float32Array.from({ length: n }, (_, i) => 1 + i / 64);
  const runner = new NativeKernelHost(host, codegen);
  try {
    runner.install([kernel]);
    const { entry, words } = runner.installed(kernel.key);
    const [xAt, scaleAt, yAt, table] = [bytes, bytes, bytes, 512].map((size) => runner.memory.allocate(size)) as [
      number,
      number,
      number,
      number,
    ];
    const [cursor, args] = [table + stepRecord.bytes, table + 128];
    const view = new DataView(runner.memory.buffer);
    const fill = (to: DataView, at: number, addresses: Readonly<Record<string, number>>): void => {
      const values: Readonly<Record<string, number>> = { ...addresses, n, eps: 1e-5 };
      words.forEach(({ name, type }, word) => {
        if (type === "f32") to.setFloat32(at + 4 * word, values[name] ?? 0, true);
        else to.setInt32(at + 4 * word, values[name] ?? 0, true);
      });
    };
    new Float32Array(runner.memory.buffer, xAt, n).set(x);
    new Float32Array(runner.memory.buffer, scaleAt, n).set(scale);
    fill(view, args, { x: xAt, scale: scaleAt, y: yAt });
    for (const [at, value] of [
      [table + stepRecord.entry, entry],
      [table + stepRecord.args, args],
      [table + stepRecord.items, 1],
      [table + stepRecord.chunk, 1],
      [cursor + cursorRecord.step, 0],
      [cursor + cursorRecord.item, 0],
      [cursor + cursorRecord.budget, 2],
      [cursor + cursorRecord.abort, 0],
    ] as const) {
      view.setInt32(at, value, true);
    }
    runner.run(table, 1, cursor);
    const memory = new ArrayBuffer(places.end);
    new Float32Array(memory, places.x, n).set(x);
    new Float32Array(memory, places.scale, n).set(scale);
    fill(new DataView(memory), places.args, places);
    const run = { memory, args: places.args, begin: 0, end: 1, scratch: places.scratch };
    interpret(kernel.build(codegen.target), { fused: true, lanes: codegen.target.lanes ?? 4 }, run);
    const expected = new Int32Array(memory, places.y, n);
    const actual = new Int32Array(runner.memory.buffer, yAt, n);
    const first = expected.findIndex((word, i) => word !== actual[i]);
    return first < 0 ? undefined : `A kernel of ${target} gave other bits than the reference in element ${first}.`;
  } finally {
    runner.dispose();
  }
}
