import type { Kernel } from "../../../ir/node.ts";
import { print } from "../../../ir/print.ts";
import type { Target } from "../../../ir/target.ts";
import { checkAllocation } from "../../regalloc/check.ts";
import type { Emulator, Runs } from "../../testdata/collect-runs.ts";
import { collectRuns, linkRuns } from "../../testdata/collect-runs.ts";
import { compileArm64 } from "../compile.ts";
import { runQemu } from "./run-qemu.ts";

export interface OnArm extends Pick<Emulator, "target" | "lanes" | "isChain"> {
  /** As qemu names it. */
  readonly processor: string;
}

/** What runs give in one process of qemu. */
export function onArm<T>({ processor, ...where }: OnArm, runs: Runs<T>): T {
  const { target } = where;
  return collectRuns(
    {
      ...where,
      name: `${target.name} on ${processor}`,
      execute(collected) {
        const { code, entries } = linkRuns(collected, (kernel) => codeOf(kernel, target));
        const calls = collected.map(({ kernel, ...run }) => ({
          ...run,
          memory: copyOf(run.memory),
          entry: entries.get(kernel) as number,
        }));
        return runQemu(code, calls, processor);
      },
    },
    runs,
  );
}

const known = new Map<string, Uint8Array>();

/** A kernel's code. It is made once for all vector lengths: equal kernels have equal text. */
export function codeOf(kernel: Kernel, target: Target): Uint8Array {
  const key = `${target.name} ${print(kernel)}`;
  const code = known.get(key) ?? compileArm64([kernel], { target, check: checkAllocation }).code;
  known.set(key, code);
  return code;
}

/** The memory, with room up to a multiple of 16 bytes. */
function copyOf(memory: ArrayBuffer): Uint8Array {
  const copy = new Uint8Array(Math.ceil(memory.byteLength / 16) * 16);
  copy.set(new Uint8Array(memory));
  return copy;
}
