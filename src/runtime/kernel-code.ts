import { legalize } from "../ir/legalize/legalize.ts";
import type { Kernel } from "../ir/node.ts";
import type { Target } from "../ir/target.ts";
import type { KernelUse } from "../kernels/schedule.ts";

/** A kernel as code of a target, wherever it is placed. */
export interface KernelCode {
  readonly bytes: Uint8Array;
  readonly words: Kernel["words"];
  readonly scratchBytes: number;
}

/** Kernels that are kept for a target: those used last. The code of each is some kilobytes. */
const mostKept = 1024;

const kept = new WeakMap<Target, Map<string, KernelCode>>();

/** The code of a kernel, made once in a process for all models that have it. `emit` is the target's own, for legal kernels. */
export function kernelCode(
  { key, build }: KernelUse,
  target: Target,
  emit: (kernel: Kernel) => Uint8Array,
): KernelCode {
  const known = kept.get(target) ?? new Map<string, KernelCode>();
  kept.set(target, known);
  const code = known.get(key) ?? codeOf(legalize(build(target), target), emit);
  known.delete(key);
  known.set(key, code);
  if (known.size > mostKept) known.delete(known.keys().next().value as string);
  return code;
}

const codeOf = (kernel: Kernel, emit: (kernel: Kernel) => Uint8Array): KernelCode => ({
  bytes: emit(kernel),
  words: kernel.words,
  scratchBytes: kernel.scratchBytes,
});
