import { compileArm64 } from "../codegen/arm64/compile.ts";
import { arm64Targets } from "../codegen/arm64/targets.ts";
import { compile } from "../codegen/wasm/compile.ts";
import { emitFunction } from "../codegen/wasm/emit-function.ts";
import { printWat } from "../codegen/wasm/print-wat.ts";
import { wasmTargets } from "../codegen/wasm/targets.ts";
import { compileX64 } from "../codegen/x64/compile.ts";
import { x64Targets } from "../codegen/x64/targets.ts";
import { legalize } from "../ir/legalize/legalize.ts";
import type { Kernel } from "../ir/node.ts";
import { print } from "../ir/print.ts";
import type { Target } from "../ir/target.ts";
import { interpreterTarget } from "../runtime/hosts/interpreter/interpreter-host.ts";
import { UsageError } from "../tensor/errors.ts";

/** Ways to show a kernel. */
export const codeFormats = ["ir", "asm", "hex", "wat"] as const;
export type CodeFormat = (typeof codeFormats)[number];

/** A target that kernels can be compiled for, on any machine. */
export interface CodeTarget {
  readonly target: Target;
  /** The format of its machine text; undefined where kernels stay IR. */
  readonly machineText: "asm" | "wat" | undefined;
  /** The machine code of a kernel, and its text. */
  readonly compile: (kernel: Kernel) => { readonly bytes: Uint8Array; readonly text: string };
}

/** Text for GNU as has only these characters in names. */
const symbolOf = (name: string): string => name.replaceAll(/[^A-Za-z0-9_]/g, "_");

interface Compiled {
  readonly code: Uint8Array;
  listing(): string;
}

/** A function as a source file for GNU as, with the directives that its instructions need. */
function native(
  target: Target,
  compileNative: (kernel: Kernel) => Compiled,
  directives: readonly string[],
): CodeTarget {
  return {
    target,
    machineText: "asm",
    compile(kernel) {
      const name = symbolOf(kernel.name);
      const compiled = compileNative({ ...kernel, name });
      const head = [...directives, ".text", `.globl ${name}`, ".p2align 6"].map((line) => `  ${line}\n`);
      return { bytes: compiled.code, text: head.join("") + compiled.listing() };
    },
  };
}

/** Every target, whether or not it runs here. */
export const codeTargets: readonly CodeTarget[] = [
  ...x64Targets.map((target) => native(target, (kernel) => compileX64([kernel], { target }), [])),
  ...arm64Targets.map((target) => {
    const arch = target.lanes === undefined ? ".arch armv9-a+sve2" : ".arch armv8.2-a+fp16";
    return native(target, (kernel) => compileArm64([kernel], { target }), [arch]);
  }),
  ...wasmTargets.map(
    (target): CodeTarget => ({
      target,
      machineText: "wat",
      compile(kernel) {
        const legal = legalize(kernel, target);
        const body = emitFunction(legal, target);
        return {
          bytes: compile([legal], { target, shared: false }),
          text: printWat([{ name: kernel.name, body }], { shared: false }),
        };
      },
    }),
  ),
  {
    target: interpreterTarget,
    machineText: undefined,
    compile: (kernel) => ({ bytes: new Uint8Array(), text: print(kernel) }),
  },
];

/** The names of all of them. */
export const codeTargetNames: readonly string[] = codeTargets.map(({ target }) => target.name);

/** The target of this name. Throws UsageError where there is none. */
export function codeTarget(name: string): CodeTarget {
  const found = codeTargets.find(({ target }) => target.name === name);
  if (found !== undefined) return found;
  throw new UsageError(`No kernels are compiled for target "${name}"; there are ${codeTargetNames.join(", ")}.`);
}

/** A kernel as IR, machine text, or hexadecimal bytes. Throws UsageError for a format that the target does not have. */
export function showKernel(kernel: Kernel, { target, machineText, compile: make }: CodeTarget, format: CodeFormat) {
  if (format === "ir") return { text: print(kernel), bytes: 0 };
  if (machineText === undefined || (format !== "hex" && format !== machineText)) {
    const formats = ["ir", ...(machineText === undefined ? [] : [machineText, "hex"])];
    throw new UsageError(`${target.name} has no format ${format}; it has ${formats.join(", ")}.`);
  }
  const { bytes, text } = make(kernel);
  return { text: format === "hex" ? hexText(bytes) : text, bytes: bytes.length };
}

const lineBytes = 32;

function hexText(bytes: Uint8Array): string {
  const lines = Array.from({ length: Math.ceil(bytes.length / lineBytes) }, (_, i) =>
    Buffer.from(bytes.subarray(i * lineBytes, (i + 1) * lineBytes)).toString("hex"),
  );
  return `${lines.join("\n")}\n`;
}
