import type { Kernel } from "../ir/node.ts";
import type { Target } from "../ir/target.ts";
import type { KernelUse } from "../kernels/schedule.ts";
import type { HostMemory } from "./host-memory.ts";

export interface InstalledKernel {
  readonly entry: number;
  readonly words: Kernel["words"];
}

/** Who runs kernels: one for each loaded model, with a memory of its own. */
export interface KernelHost {
  readonly target: Target;
  readonly memory: HostMemory;
  /** Makes kernels callable that are not yet; those in the list must have different keys. */
  install(uses: readonly KernelUse[]): void;
  /** Makes engines compile installed kernels well before their first real call, those first that come first. May do nothing. */
  warmUp(keys: Iterable<string>): void;
  /** What a step record names an installed kernel by, and the words that its argument block has. */
  installed(key: string): InstalledKernel;
  /** Walks a table of steps from where its cursor stands; see ir/driver-layout.ts. */
  run(steps: number, count: number, cursor: number): void;
  /** Gives everything back. */
  dispose(): void;
}
