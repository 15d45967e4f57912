import { legalize } from "../../ir/legalize/legalize.ts";
import type { Kernel } from "../../ir/node.ts";
import type { Target } from "../../ir/target.ts";
import { link } from "../link.ts";
import { allocate } from "../regalloc/allocate.ts";
import type { checkAllocation } from "../regalloc/check.ts";
import type { Assembler } from "./assembler.ts";
import { buildFunction } from "./build-function.ts";
import { emitFunction } from "./emit-function.ts";
import { registerFile } from "./registers.ts";

export interface Arm64Options {
  readonly target: Target;
  /** Replays each function after its registers are assigned: for tests, as it takes longer than the rest. */
  readonly check?: typeof checkAllocation;
}

/** Machine code of some kernels. */
export interface Arm64Code {
  /** Position-independent, to be placed at a multiple of 64. */
  readonly code: Uint8Array<ArrayBuffer>;
  /** Where each kernel begins, by its name: a multiple of 64. */
  readonly entries: ReadonlyMap<string, number>;
  /** The instructions as text for GNU as. */
  listing(): string;
}

/**
 * Compiles kernels to functions with a convention of their own: x0 holds the arena's absolute address, w1 the offset of the
 * argument block in it, w2 and w3 the first work item and the one after the last, w4 the offset of the thread's scratch, a
 * multiple of 64. They keep x18 to x30, sp and the low halves of v8 to v15, and end with ret.
 */
export function compileArm64(kernels: readonly Kernel[], { target, check }: Arm64Options): Arm64Code {
  const functions = kernels.map((kernel) => {
    const machine = buildFunction(kernel.legal ? kernel : legalize(kernel, target), target);
    const allocation = allocate(machine, registerFile);
    check?.(machine, allocation);
    return { name: kernel.name, assembler: emitFunction(allocation, target) };
  });
  const list = ({ name, assembler }: Compiled, i: number): string => `"${name}":\n${assembler.listing(`.L${i}_`)}`;
  return { ...link(functions), listing: () => functions.map(list).join(".p2align 6, 0\n") };
}

interface Compiled {
  readonly name: string;
  readonly assembler: Assembler;
}
