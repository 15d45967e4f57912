import { cursorRecord, stepRecord } from "../../../ir/driver-layout.ts";
import { interpret } from "../../../ir/interpret/interpret.ts";
import type { Kernel } from "../../../ir/node.ts";
import type { Target } from "../../../ir/target.ts";
import type { KernelUse } from "../../../kernels/schedule.ts";
import { invariant } from "../../../tensor/errors.ts";
import { HostMemory } from "../../host-memory.ts";
import type { InstalledKernel, KernelHost } from "../../kernel-host.ts";

/** What the interpreter makes of kernels: the reference for the targets whose multiply-add rounds once. */
export const interpreterTarget: Target = {
  name: "interpreter",
  lanes: 4,
  fused: true,
  tileRegisters: 32,
  foldRegisters: 16,
  tiles: [
    { mr: 4, nv: 2 },
    { mr: 1, nv: 2 },
  ],
  features: new Set(),
};

/** Runs kernels by interpreting their IR: slow, and right by inspection. */
export class InterpreterHost implements KernelHost {
  readonly target = interpreterTarget;
  readonly memory: HostMemory;
  readonly #kernels: Kernel[] = [];
  readonly #installed = new Map<string, InstalledKernel>();
  #buffer = new ArrayBuffer(0);
  #scratch = 0;
  #scratchBytes = 0;

  constructor() {
    const self = this;
    this.memory = new HostMemory({
      get buffer() {
        return self.#buffer;
      },
      grow: (bytes) => this.#grow(bytes),
    });
  }

  install(uses: readonly KernelUse[]): void {
    for (const { key, build } of uses) {
      if (this.#installed.has(key)) continue;
      const kernel = build(this.target);
      this.#installed.set(key, { entry: this.#kernels.push(kernel) - 1, words: kernel.words });
      if (kernel.scratchBytes <= this.#scratchBytes) continue;
      this.#scratch = this.memory.allocate(kernel.scratchBytes);
      this.#scratchBytes = kernel.scratchBytes;
    }
  }

  warmUp(): void {}

  installed(key: string): InstalledKernel {
    const kernel = this.#installed.get(key);
    invariant(kernel !== undefined, `kernel "${key}" is not installed.`);
    return kernel;
  }

  run(steps: number, count: number, cursor: number): void {
    const view = new DataView(this.#buffer);
    const word = (at: number): number => view.getInt32(at, true);
    let [step, item, budget] = [cursorRecord.step, cursorRecord.item, cursorRecord.budget].map((at) =>
      word(cursor + at),
    ) as [number, number, number];
    for (; step < count && budget > 0; budget--) {
      const record = steps + step * stepRecord.bytes;
      const items = word(record + stepRecord.items);
      const end = Math.min(items, item + word(record + stepRecord.chunk));
      if (item < end) {
        const kernel = this.#kernels[word(record + stepRecord.entry)] as Kernel;
        const args = word(record + stepRecord.args);
        interpret(
          kernel,
          { fused: true, lanes: 4 },
          { memory: this.#buffer, args, begin: item, end, scratch: this.#scratch },
        );
      }
      item = end;
      if (item < items) continue;
      step++;
      item = 0;
    }
    view.setInt32(cursor + cursorRecord.step, step, true);
    view.setInt32(cursor + cursorRecord.item, item, true);
    view.setInt32(cursor + cursorRecord.budget, budget, true);
  }

  dispose(): void {
    this.#kernels.length = 0;
    this.#installed.clear();
    this.#buffer = new ArrayBuffer(0);
  }

  #grow(bytes: number): void {
    const larger = new ArrayBuffer(Math.max(bytes, Math.min(2 * this.#buffer.byteLength, bytes + 2 ** 26)));
    new Uint8Array(larger).set(new Uint8Array(this.#buffer));
    this.#buffer = larger;
  }
}
