import { driverModule } from "../../../codegen/wasm/driver.ts";
import { emitFunction } from "../../../codegen/wasm/emit-function.ts";
import { encodeModule } from "../../../codegen/wasm/module.ts";
import type { Target } from "../../../ir/target.ts";
import type { KernelUse } from "../../../kernels/schedule.ts";
import { invariant } from "../../../tensor/errors.ts";
import { HostMemory } from "../../host-memory.ts";
import type { KernelCode } from "../../kernel-code.ts";
import { kernelCode } from "../../kernel-code.ts";
import type { InstalledKernel, KernelHost } from "../../kernel-host.ts";

type Kernel = (args: number, begin: number, end: number) => void;
type Driver = (steps: number, count: number, cursor: number) => void;

const pageBytes = 65536;

/** Scratch of the kernels, at the beginning of the memory. One that needs more gets a region of its own. */
const scratchBytes = 4 * pageBytes;

/** Empty calls after which engines compile a kernel with their optimising compiler. */
const warmUpCalls = 20_000;

/** Kernels as WebAssembly, in one memory and one table. */
export class WasmHost implements KernelHost {
  readonly target: Target;
  readonly memory: HostMemory;
  readonly #memory: WebAssembly.Memory;
  readonly #table: WebAssembly.Table;
  readonly #installed = new Map<string, InstalledKernel>();
  readonly #driver: Driver;
  /** Kernels that have not been warmed up, by key. */
  readonly #cold = new Map<string, Kernel>();

  constructor(target: Target) {
    this.target = target;
    this.#memory = new WebAssembly.Memory({ initial: scratchBytes / pageBytes });
    const memory = this.#memory;
    this.memory = new HostMemory(
      {
        get buffer() {
          return memory.buffer;
        },
        grow: (bytes) => void memory.grow(Math.ceil((bytes - memory.buffer.byteLength) / pageBytes)),
      },
      scratchBytes,
    );
    this.#table = new WebAssembly.Table({ initial: 0, element: "anyfunc" });
    this.#driver = this.#instantiate(driverModule({ shared: false }), 0)["run"] as Driver;
  }

  install(uses: readonly KernelUse[]): void {
    const fresh = uses.filter(({ key }) => !this.#installed.has(key));
    if (fresh.length === 0) return;
    const { target } = this;
    const kernels = fresh.map((each) => kernelCode(each, target, (kernel) => emitFunction(kernel, target)));
    const scratch = kernels.reduce((most, kernel) => Math.max(most, kernel.scratchBytes), 0);
    const functions = kernels.map(({ bytes }, i) => ({ name: String(i), body: bytes }));
    const module = encodeModule(functions, { shared: false });
    const exports = this.#instantiate(module, scratch > scratchBytes ? this.memory.allocate(scratch) : 0);
    const first = this.#table.grow(fresh.length);
    fresh.forEach(({ key }, i) => {
      const kernel = exports[String(i)] as Kernel;
      this.#table.set(first + i, kernel);
      this.#installed.set(key, { entry: first + i, words: (kernels[i] as KernelCode).words });
      this.#cold.set(key, kernel);
    });
  }

  warmUp(keys: Iterable<string>): void {
    for (const key of keys) {
      const kernel = this.#cold.get(key);
      if (kernel === undefined) continue;
      this.#cold.delete(key);
      for (let i = 0; i < warmUpCalls; i++) kernel(0, 0, 0);
    }
  }

  installed(key: string): InstalledKernel {
    const kernel = this.#installed.get(key);
    invariant(kernel !== undefined, `kernel "${key}" is not installed.`);
    return kernel;
  }

  run(steps: number, count: number, cursor: number): void {
    this.#driver(steps, count, cursor);
  }

  dispose(): void {
    this.#installed.clear();
    this.#cold.clear();
  }

  #instantiate(bytes: BufferSource, scratch: number): WebAssembly.Exports {
    const env = {
      memory: this.#memory,
      table: this.#table,
      scratch: new WebAssembly.Global({ value: "i32" }, scratch),
    };
    return new WebAssembly.Instance(new WebAssembly.Module(bytes), { env }).exports;
  }
}
