import { legalize } from "../../ir/legalize/legalize.ts";
import type { Kernel } from "../../ir/node.ts";
import type { Target } from "../../ir/target.ts";
import { emitFunction } from "./emit-function.ts";
import { encodeModule } from "./module.ts";

export interface CompileOptions {
  readonly target: Target;
  /** Whether the module will be given a shared memory: that is part of its type. */
  readonly shared: boolean;
}

/** A module with one export for each kernel, by its name; see encodeModule for what it imports. */
export function compile(kernels: readonly Kernel[], { target, shared }: CompileOptions): Uint8Array<ArrayBuffer> {
  const functions = kernels.map((kernel) => ({
    name: kernel.name,
    body: emitFunction(kernel.legal ? kernel : legalize(kernel, target), target),
  }));
  return encodeModule(functions, { shared });
}
