import { chooseTarget } from "../../src/api/target.ts";
import { cursorRecord, stepRecord } from "../../src/ir/driver-layout.ts";
import type { KernelUse } from "../../src/kernels/schedule.ts";
import type { KernelHost } from "../../src/runtime/kernel-host.ts";

/** Opens what runs kernels on a target; throws TargetError where it does not run here. */
export function openHost(target: string): KernelHost {
  const { openHost: open } = chooseTarget({ target });
  if (open === undefined) throw new RangeError(`${target} runs no kernels.`);
  return open();
}

/** A kernel with its arguments, ready to be called. */
export interface Prepared {
  /** Runs `items` items in one call of the driver. */
  readonly run: (items: number) => void;
}

export type Words = Readonly<Record<string, number>>;

/** Installs a kernel and writes its argument block; words are numbers, addresses in the host's memory among them. */
export function prepare(host: KernelHost, kernel: KernelUse, words: Words): Prepared {
  host.install([kernel]);
  host.warmUp([kernel.key]);
  const { entry, words: declared } = host.installed(kernel.key);
  const block = host.memory.allocate(4 * declared.length);
  const table = host.memory.allocate(stepRecord.bytes);
  const cursor = host.memory.allocate(cursorRecord.bytes);
  const view = () => new DataView(host.memory.buffer);
  declared.forEach(({ name, type }, i) => {
    const value = words[name];
    if (value === undefined) throw new RangeError(`${kernel.key} needs an argument ${name}.`);
    if (type === "f32") view().setFloat32(block + 4 * i, value, true);
    else view().setInt32(block + 4 * i, value, true);
  });
  return {
    run(items) {
      const at = view();
      at.setInt32(table + stepRecord.entry, entry, true);
      at.setInt32(table + stepRecord.args, block, true);
      at.setInt32(table + stepRecord.items, items, true);
      at.setInt32(table + stepRecord.chunk, items, true);
      for (const field of [cursorRecord.step, cursorRecord.item, cursorRecord.abort])
        at.setInt32(cursor + field, 0, true);
      at.setInt32(cursor + cursorRecord.budget, 1 << 30, true);
      host.run(table, 1, cursor);
    },
  };
}

/** Memory of a host filled with numbers in [-1, 1), and its address. */
export function floats(host: KernelHost, count: number): number {
  const at = host.memory.allocate(4 * count);
  const values = new Float32Array(host.memory.buffer, at, count);
  for (let i = 0; i < count; i++) values[i] = ((i * 2654435761) % 2048) / 1024 - 1;
  return at;
}

/** Seconds that an item takes: the best of many calls that last about `callMs` each. */
export function secondsPerItem({ run }: Prepared, { callMs = 5, calls = 25 } = {}): number {
  let items = 1;
  const timed = (): number => {
    const start = performance.now();
    run(items);
    return performance.now() - start;
  };
  for (let ms = timed(); ms < callMs; ms = timed())
    items = Math.ceil(items * Math.min(16, Math.max(2, callMs / Math.max(ms, 1e-3))));
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < calls; i++) best = Math.min(best, timed());
  return best / items / 1e3;
}
