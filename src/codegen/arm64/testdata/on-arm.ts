/** Kernel runs that are collected first, then done by one process. */
import type { Run } from "../../../ir/interpret/interpret.ts";
import type { Kernel } from "../../../ir/node.ts";
import type { Target } from "../../../ir/target.ts";
import type { Machine } from "../../../kernels/testdata/machines.ts";
import { compile } from "../compile.ts";
import type { Call } from "./run-qemu.ts";
import { runQemu } from "./run-qemu.ts";

type MemoryRun = Run & { readonly memory: ArrayBuffer };

/** What is run on a machine: the same runs in the same order each time. */
export type Runs<T> = (machine: Machine) => T;

/** Does all runs on a processor. They are gone through twice: to collect them, and with what they came to. */
export function onArm<T>(target: Target, processor: string, runs: Runs<T>): T {
  const kernels: Kernel[] = [];
  const calls: Call[] = [];
  const name = `${target.name} on ${processor}`;
  runs({
    name,
    target,
    run: (kernel, run) => {
      if (!kernels.includes(kernel)) kernels.push(kernel);
      calls.push({ ...run, ...callOf(run), entry: kernels.indexOf(kernel) });
    },
  });
  const { code, entries } = compile(kernels, { target });
  const results = runQemu(
    code,
    calls.map((call) => ({ ...call, entry: entries[call.entry] as number })),
    processor,
  );
  let next = 0;
  return runs({
    name,
    target,
    run: (_, run) =>
      void new Uint8Array(run.memory).set((results[next++] as Uint8Array).subarray(0, run.memory.byteLength)),
  });
}

/** The memory, filled up at its start so that its last byte is the last of a page, as far as 16 bytes allow. */
function callOf(run: MemoryRun): Pick<Call, "memory"> {
  const memory = new Uint8Array(Math.ceil(run.memory.byteLength / 16) * 16);
  memory.set(new Uint8Array(run.memory));
  return { memory };
}
