import { legalize } from "../../ir/legalize/legalize.ts";
import type { Kernel } from "../../ir/node.ts";
import type { Target } from "../../ir/target.ts";
import { Assembler } from "./assembler.ts";
import { emitFunction } from "./emit-function.ts";

export interface CompileOptions {
  readonly target: Target;
}

export interface Compiled {
  /** The code, to be placed at a multiple of 16 bytes. */
  readonly code: Uint8Array<ArrayBuffer>;
  /** Where each kernel begins, in bytes, in the order of the kernels. */
  readonly entries: readonly number[];
  /** The code as text for GNU as. */
  readonly listing: string;
}

/**
 * Machine code of kernels. Each is called with x0 = the address of the arena, w1 = the offset of the argument block, w2 and
 * w3 = the work items from and to, w4 = the offset of this thread's scratch, a multiple of 64. It leaves x18 to x30, sp and
 * the low halves of v8 to v15 as they were, and may change everything else.
 */
export function compile(kernels: readonly Kernel[], { target }: CompileOptions): Compiled {
  const assembler = new Assembler();
  const entries = kernels.map((kernel) => {
    assembler.align(16);
    const entry = assembler.offset;
    emitFunction(kernel.legal ? kernel : legalize(kernel, target), target, assembler);
    return entry;
  });
  const { bytes, listing } = assembler.finish();
  return { code: bytes, entries, listing };
}
