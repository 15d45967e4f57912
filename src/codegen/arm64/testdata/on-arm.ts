/** Kernel runs that are collected first, then done by one process. */

import { interpret } from "../../../ir/interpret/interpret.ts";
import type { Kernel } from "../../../ir/node.ts";
import { print as printKernel } from "../../../ir/print.ts";
import type { Target } from "../../../ir/target.ts";
import type { Machine } from "../../../kernels/testdata/machines.ts";
import { checkAllocation } from "../../regalloc/check.ts";
import { compileArm64 } from "../compile.ts";
import type { Call } from "./run-qemu.ts";
import { runQemu } from "./run-qemu.ts";

/** What is run on a machine: the same runs in the same order each time. */
export type Runs<T> = (machine: Machine) => T;

export interface OnArm {
  readonly target: Target;
  readonly processor: string;
  /** 32-bit lanes of a vector there. */
  readonly lanes: number;
  /** Whether a run reads what an earlier one wrote, so that the interpreter has to do them while they are collected. */
  readonly isChain?: boolean;
}

/** What runs give in one process on a processor. They are gone through twice: to collect them, and with what they came to. */
export function onArm<T>({ target, processor, lanes, isChain = false }: OnArm, runs: Runs<T>): T {
  const calls: (Call & { readonly kernel: Kernel })[] = [];
  const machine = { name: `${target.name} on ${processor}`, target: { ...target, lanes } };
  runs({
    ...machine,
    run: (kernel, run) => {
      calls.push({ ...run, memory: copyOf(run.memory), entry: 0, kernel });
      if (isChain) interpret(kernel, { fused: target.fused, lanes }, run);
    },
  });
  const { code, entries } = linked([...new Set(calls.map(({ kernel }) => kernel))], target);
  const placed = calls.map((call) => ({ ...call, entry: entries.get(call.kernel) as number }));
  const results = runQemu(code, placed, processor);
  let next = 0;
  return runs({
    ...machine,
    run: (_, { memory }) => {
      new Uint8Array(memory).set((results[next++] as Uint8Array).subarray(0, memory.byteLength));
    },
  });
}

const known = new Map<string, Uint8Array>();

/** A kernel's code. It is made once for all vector lengths: equal kernels have equal text. */
export function codeOf(kernel: Kernel, target: Target): Uint8Array {
  const key = `${target.name} ${printKernel(kernel)}`;
  const code = known.get(key) ?? compileArm64([kernel], { target, check: checkAllocation }).code;
  known.set(key, code);
  return code;
}

function linked(
  kernels: readonly Kernel[],
  target: Target,
): { readonly code: Uint8Array; readonly entries: ReadonlyMap<Kernel, number> } {
  const entries = new Map<Kernel, number>();
  const code: number[] = [];
  for (const kernel of kernels) {
    entries.set(kernel, code.length);
    code.push(...codeOf(kernel, target));
  }
  return { code: Uint8Array.from(code), entries };
}

/** The memory, with room up to a multiple of 16 bytes. */
function copyOf(memory: ArrayBufferLike): Uint8Array {
  const copy = new Uint8Array(Math.ceil(memory.byteLength / 16) * 16);
  copy.set(new Uint8Array(memory));
  return copy;
}
