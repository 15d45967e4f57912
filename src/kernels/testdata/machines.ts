/** What the tests run kernels on: the interpreter before and after legalize, WebAssembly on this engine, and machine code. */
import { compile } from "../../codegen/wasm/compile.ts";
import { wasmRelaxed, wasmSimd128 } from "../../codegen/wasm/targets.ts";
import type { Run } from "../../ir/interpret/interpret.ts";
import { interpret } from "../../ir/interpret/interpret.ts";
import { legalize } from "../../ir/legalize/legalize.ts";
import type { Kernel } from "../../ir/node.ts";
import type { Target } from "../../ir/target.ts";
import { nativeMachines } from "./native-machines.ts";
import { compileRelaxed } from "./relaxed-simd.ts";

export interface Machine {
  readonly name: string;
  readonly target: Target;
  readonly run: (kernel: Kernel, run: Run & { readonly memory: ArrayBuffer }) => void;
}

export const machines: Machine[] = [];

for (const fused of [false, true]) {
  const kind = fused ? "fused" : "unfused";
  for (const lanes of [4, 8, 16]) {
    const target: Target = {
      ...wasmSimd128,
      name: `${kind} x${lanes}`,
      lanes,
      fused,
      foldRegisters: lanes === 8 ? 8 : 4,
    };
    const machine = { fused, lanes };
    machines.push(
      { name: `kernel form, ${target.name}`, target, run: (kernel, run) => interpret(kernel, machine, run) },
      {
        name: `leaf form, ${target.name}`,
        target,
        run: (kernel, run) => interpret(legalize(kernel, target), machine, run),
      },
    );
  }
}

/** Runs a compiled kernel in a memory of its own, into which the given one is copied, and back. */
function runWasm(module: WebAssembly.Module, name: string, run: Run & { readonly memory: ArrayBuffer }): void {
  const pages = Math.ceil(run.memory.byteLength / 65536);
  const memory = new WebAssembly.Memory({ initial: pages });
  new Uint8Array(memory.buffer).set(new Uint8Array(run.memory));
  const scratch = new WebAssembly.Global({ value: "i32" }, run.scratch);
  const { exports } = new WebAssembly.Instance(module, { env: { memory, scratch } });
  (exports[name] as (args: number, begin: number, end: number) => void)(run.args, run.begin, run.end);
  new Uint8Array(run.memory).set(new Uint8Array(memory.buffer, 0, run.memory.byteLength));
}

const wasmMachine = (target: Target, toModule: (bytes: BufferSource) => WebAssembly.Module): Machine => ({
  name: target.name,
  target,
  run: (kernel, run) => runWasm(toModule(compile([kernel], { target, shared: false })), kernel.name, run),
});

machines.push(wasmMachine(wasmSimd128, (bytes) => new WebAssembly.Module(bytes)));
machines.push(wasmMachine(wasmRelaxed, compileRelaxed));

machines.push(...nativeMachines);

/** All machines of one class give the same bits. */
export const machinesOf = (fused: boolean): Machine[] => machines.filter(({ target }) => target.fused === fused);

/** Machines enough for kernels that round nothing: fused ones only where they are another instruction set, and one that runs the kernel's own form. */
export const exactMachines: Machine[] = [
  ...machinesOf(false).filter(({ name }) => !/^kernel form, .* x(4|16)$/.test(name)),
  ...nativeMachines,
];
