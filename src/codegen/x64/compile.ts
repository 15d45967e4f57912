import { legalize } from "../../ir/legalize/legalize.ts";
import type { Kernel } from "../../ir/node.ts";
import { link } from "../link.ts";
import { allocate } from "../regalloc/allocate.ts";
import type { checkAllocation } from "../regalloc/check.ts";
import { assemble } from "./assemble.ts";
import type { Assembler } from "./assembler.ts";
import { emitFunction } from "./emit-function.ts";
import { print } from "./print.ts";
import type { X64Target } from "./targets.ts";
import { registerFile } from "./targets.ts";

export interface X64Options {
  readonly target: X64Target;
  /** Replays each function after its registers are assigned: for tests, as it takes longer than the rest. */
  readonly check?: typeof checkAllocation;
}

/** Machine code of some kernels. */
export interface X64Code {
  /** Position-independent, to be placed at a multiple of 64. */
  readonly code: Uint8Array<ArrayBuffer>;
  /** Where each kernel begins, by its name: a multiple of 64. */
  readonly entries: ReadonlyMap<string, number>;
  /** The instructions as text. */
  listing(): string;
}

/**
 * Compiles kernels to functions with a convention of their own: rdi holds the arena's absolute address, esi the offset of the
 * argument block in it, edx and ecx the first work item and the one after the last, r8d the offset of the thread's scratch.
 * They keep rbx, rbp, rsp and r12 to r15, leave vector registers as they like, and end with ret.
 */
export function compileX64(kernels: readonly Kernel[], { target, check }: X64Options): X64Code {
  const functions = kernels.map((kernel) => {
    const machine = emitFunction(kernel.legal ? kernel : legalize(kernel, target), target);
    const allocation = allocate(machine, registerFile(target));
    check?.(machine, allocation);
    return { name: kernel.name, assembler: assemble(allocation, target) };
  });
  return { ...link(functions), listing: () => functions.map(list).join("\n") };
}

interface Assembled {
  readonly name: string;
  readonly assembler: Assembler;
}

const list = ({ name, assembler }: Assembled): string => `${name}:\n${print(assembler)}`;
