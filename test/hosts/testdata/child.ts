// Runs in a process of its own, by the name of what it does: things that could end the process, or that need a fresh one.
import { Worker, workerData } from "node:worker_threads";
import type { NativeHost } from "../../../src/runtime/hosts/native/native-host.ts";
import { openNativeHost } from "../../../src/runtime/hosts/native/native-host.ts";
import { probeNative } from "../../../src/runtime/hosts/native/probe.ts";
import { stub } from "../../../src/runtime/hosts/native/testdata/stubs.ts";
import { peakMemory } from "./peak-memory.ts";
import { runModel } from "./run-model.ts";

interface Errand {
  readonly code: bigint;
  readonly memory: WebAssembly.Memory;
  readonly calls: number;
}

const host = openNativeHost();
const say = (document: unknown) => process.stdout.write(`${JSON.stringify(document)}\n`);

const deeds: Readonly<Record<string, () => unknown>> = {
  /** `run-model TARGET FILE SHAPE` */
  async "run-model"() {
    const [target, path, shape] = process.argv.slice(3) as [string, string, string];
    say(await runModel(target, path, shape.split(",").map(Number)));
  },
  /** `peak-memory TARGET FILE SHAPE BY` */
  async "peak-memory"() {
    const [target, path, shape, by] = process.argv.slice(3) as [string, string, string, string];
    say(await peakMemory(target, path, { shape: shape.split(",").map(Number), by }));
  },
  /** Code that the main thread has mapped, run by a worker on shared memory. */
  "share-with-worker"() {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    const region = host.map(stub("increment"));
    const errand: Errand = { code: region.base, memory, calls: 1000 };
    const worker = new Worker(new URL(import.meta.url), { workerData: errand });
    worker.on("exit", (code) => {
      region.dispose();
      say({ code, count: new Int32Array(memory.buffer)[0] });
    });
  },
  /** What a probe finds. */
  probe() {
    const { host: found, features = [], targets } = probeNative({ settings: { native: "auto", target: undefined } });
    const available = targets.filter((one) => one.available).map(({ name }) => name);
    say({ ffi: found?.ffi.name, features: [...features], available });
  },
  /** What a probe says once the system lets no page become executable: prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN). */
  "deny-execution"() {
    const prctl = host.ffi.bind("c", "prctl", 5);
    if (BigInt.asIntN(32, prctl(65n, 1n, 0n, 0n, 0n)) !== 0n) return say({ skipped: "this Linux has no PR_SET_MDWE" });
    const { targets } = probeNative({ settings: { native: "auto", target: undefined } });
    return say({ targets });
  },
  /** Enters the page behind the code. */
  "run-into-guard"() {
    const region = host.map(stub("zero"));
    host.ffi.entry(region.base + BigInt(host.pages.size))(0n, 1n);
  },
  /** Goes on behind the last instruction. */
  "run-past-code"() {
    const code = stub("zero");
    const region = host.map(code);
    host.ffi.entry(region.base + BigInt(code.length))(0n, 1n);
  },
  /** Writes over its own code. */
  "write-code"() {
    const region = host.map(stub("zero"));
    host.pages.write(region.base, stub("seven"));
  },
};

function work({ code, memory, calls }: Errand, { ffi, memory: place }: NativeHost): void {
  const call = ffi.entry(code);
  const { base } = place(memory);
  for (let i = 0; i < calls; i++) call(0n, base);
}

if (workerData !== null) work(workerData, host);
else deeds[process.argv[2] ?? ""]?.();
