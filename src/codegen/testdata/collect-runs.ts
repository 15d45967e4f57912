/** Kernel runs that are collected first, then done by one process of an emulator, whose start takes longer than they do. */
import type { Run } from "../../ir/interpret/interpret.ts";
import { interpret } from "../../ir/interpret/interpret.ts";
import type { Kernel } from "../../ir/node.ts";
import { print } from "../../ir/print.ts";
import type { Target } from "../../ir/target.ts";
import type { Machine } from "../../kernels/testdata/machines.ts";

/** What is run on a machine: the same runs in the same order each time. */
export type Runs<T> = (machine: Machine) => T;

export interface CollectedRun extends Run {
  readonly kernel: Kernel;
  /** As it is before the run. */
  readonly memory: ArrayBuffer;
}

export interface Emulator {
  readonly name: string;
  readonly target: Target;
  /** 32-bit lanes of a vector there. */
  readonly lanes: number;
  /** Whether a run reads what an earlier one wrote, so that the interpreter has to do them while they are collected. */
  readonly isChain?: boolean;
  /** Does all runs; gives the memory of each as it is then, which may go on beyond the end. */
  readonly execute: (runs: readonly CollectedRun[]) => readonly Uint8Array[];
}

/** What runs give on an emulator. They are gone through twice: to collect them, and with what they came to. */
export function collectRuns<T>({ name, target, lanes, isChain = false, execute }: Emulator, runs: Runs<T>): T {
  const collected: CollectedRun[] = [];
  const machine = { name, target: { ...target, lanes } };
  runs({
    ...machine,
    run: (kernel, run) => {
      collected.push({ ...run, memory: run.memory.slice(0), kernel });
      if (isChain) interpret(kernel, { fused: target.fused, lanes }, run);
    },
  });
  const results = execute(collected);
  let next = 0;
  return runs({
    ...machine,
    run: (_, { memory }) => {
      new Uint8Array(memory).set((results[next++] as Uint8Array).subarray(0, memory.byteLength));
    },
  });
}

/** The code of all runs' kernels, each from a multiple of 64, and where each begins. */
export function linkRuns(
  runs: readonly CollectedRun[],
  codeOf: (kernel: Kernel) => Uint8Array,
): { readonly code: Uint8Array; readonly entries: ReadonlyMap<Kernel, number> } {
  const entries = new Map<Kernel, number>();
  const places = new Map<string, number>();
  const code: number[] = [];
  for (const { kernel } of runs) {
    if (entries.has(kernel)) continue;
    // Equal kernels have equal text.
    const text = print(kernel);
    const place = places.get(text) ?? code.length;
    if (!places.has(text)) {
      for (const byte of codeOf(kernel)) code.push(byte);
      while (code.length % 64 !== 0) code.push(0);
    }
    places.set(text, place);
    entries.set(kernel, place);
  }
  return { code: Uint8Array.from(code), entries };
}
