import { nativeContext } from "../../../ir/driver-layout.ts";
import type { Target } from "../../../ir/target.ts";
import type { KernelUse } from "../../../kernels/schedule.ts";
import { invariant, UsageError } from "../../../tensor/errors.ts";
import type { Growable } from "../../host-memory.ts";
import { HostMemory } from "../../host-memory.ts";
import type { KernelCode } from "../../kernel-code.ts";
import { kernelCode } from "../../kernel-code.ts";
import type { InstalledKernel, KernelHost } from "../../kernel-host.ts";
import type { CodeRegion } from "./code-region.ts";
import type { Address, NativeEntry } from "./ffi.ts";
import { measuredTarget } from "./measured-target.ts";
import type { NativeCodegen } from "./native-codes.ts";
import type { NativeHost } from "./native-host.ts";
import type { NativeMemory } from "./native-memory.ts";

const pageBytes = 65536;

/** Kernels and the driver begin at multiples of this. */
const alignment = 64;

const aligned = (bytes: number): number => Math.ceil(bytes / alignment) * alignment;

/**
 * Kernels as machine code, in one sealed region that begins with the driver. The region is made anew when kernels are added: code that was
 * executable once is never written to.
 */
export class NativeKernelHost implements KernelHost {
  /** What kernels are chosen and weights packed for: with the lanes that vectors have here. */
  readonly target: Target;
  readonly memory: HostMemory;
  readonly #host: NativeHost;
  readonly #codegen: NativeCodegen;
  readonly #base: NativeMemory;
  readonly #installed = new Map<string, InstalledKernel>();
  readonly #context: number;
  #code: Uint8Array;
  #region: CodeRegion | undefined;
  #driver: NativeEntry | undefined;
  #scratch = { at: 0, bytes: 0 };
  /** What the context in memory says, and its address. */
  #written: { readonly base: Address; readonly region: CodeRegion | undefined; readonly context: Address } = {
    base: 0n,
    region: undefined,
    context: 0n,
  };

  constructor(host: NativeHost, codegen: NativeCodegen) {
    this.target = measuredTarget(host, codegen);
    this.#host = host;
    this.#codegen = codegen;
    const memory = typeof WebAssembly === "undefined" ? plainMemory() : wasmMemory();
    this.memory = new HostMemory(memory);
    this.#base = host.memory(this.memory);
    this.#context = this.memory.allocate(nativeContext.bytes);
    this.#code = codegen.driver(host.platform);
  }

  install(uses: readonly KernelUse[]): void {
    const fresh = uses.filter(({ key }) => !this.#installed.has(key));
    if (fresh.length === 0) return;
    const { target, compile } = this.#codegen;
    const kernels = fresh.map((each) => kernelCode(each, target, compile));
    let end = aligned(this.#code.length);
    const entries = kernels.map(({ bytes }) => {
      const entry = end;
      end += aligned(bytes.length);
      return entry;
    });
    const all = new Uint8Array(end);
    all.set(this.#code);
    kernels.forEach(({ bytes }, i) => {
      all.set(bytes, entries[i]);
    });
    this.#seal(all);
    fresh.forEach(({ key }, i) => {
      const { words } = kernels[i] as KernelCode;
      this.#installed.set(key, { entry: entries[i] as number, words });
    });
    const scratch = kernels.reduce((most, { scratchBytes }) => Math.max(most, scratchBytes), 0);
    if (scratch > this.#scratch.bytes) this.#scratch = { at: this.memory.allocate(scratch), bytes: scratch };
  }

  warmUp(): void {}

  installed(key: string): InstalledKernel {
    const kernel = this.#installed.get(key);
    invariant(kernel !== undefined, `kernel "${key}" is not installed.`);
    return kernel;
  }

  run(steps: number, count: number, cursor: number): void {
    // Results without elements take no launches: a plan of nothing else has no code either.
    if (count === 0) return;
    const [region, driver] = [this.#region, this.#driver];
    if (region === undefined || driver === undefined)
      throw new UsageError("The model has been disposed of. Load it again to run it.");
    const at = this.#context / 4;
    const { words } = this.memory.views;
    const { base } = this.#base;
    if (base !== this.#written.base || region !== this.#written.region) this.#writeContext(base, region);
    words[at + nativeContext.steps / 4] = steps;
    words[at + nativeContext.count / 4] = count;
    words[at + nativeContext.cursor / 4] = cursor;
    driver(this.#written.context, base);
  }

  /** Writes what stays the same from call to call. */
  #writeContext(base: Address, region: CodeRegion): void {
    const view = new DataView(this.memory.buffer);
    view.setBigUint64(this.#context + nativeContext.base, base, true);
    view.setBigUint64(this.#context + nativeContext.code, region.base, true);
    view.setInt32(this.#context + nativeContext.scratch, this.#scratch.at, true);
    this.#written = { base, region, context: base + BigInt(this.#context) };
  }

  dispose(): void {
    this.#region?.dispose();
    this.#region = undefined;
    this.#driver = undefined;
    this.#installed.clear();
  }

  /** Makes code executable in the place of what was. Offsets stay as they were. */
  #seal(code: Uint8Array): void {
    const region = this.#host.map(code);
    this.#region?.dispose();
    this.#region = region;
    this.#driver = region.entry(0);
    this.#code = code;
  }
}

/** Memory that keeps its address when it grows. */
function wasmMemory(): Growable {
  const memory = new WebAssembly.Memory({ initial: 1 });
  return {
    get buffer() {
      return memory.buffer;
    },
    grow: (bytes) => void memory.grow(Math.ceil((bytes - memory.buffer.byteLength) / pageBytes)),
  };
}

/** For engines without WebAssembly: memory that moves when it grows. */
function plainMemory(): Growable {
  let buffer = new ArrayBuffer(pageBytes);
  return {
    get buffer() {
      return buffer;
    },
    grow(bytes) {
      const larger = new ArrayBuffer(Math.ceil(bytes / pageBytes) * pageBytes);
      new Uint8Array(larger).set(new Uint8Array(buffer));
      buffer = larger;
    },
  };
}
