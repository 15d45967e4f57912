import { compileArm64 } from "../../../codegen/arm64/compile.ts";
import { driver as arm64Driver } from "../../../codegen/arm64/driver.ts";
import { arm64Targets } from "../../../codegen/arm64/targets.ts";
import { vectorLength } from "../../../codegen/arm64/vector-length.ts";
import { compileX64 } from "../../../codegen/x64/compile.ts";
import { driver as x64Driver } from "../../../codegen/x64/driver.ts";
import { x64Targets } from "../../../codegen/x64/targets.ts";
import type { Kernel } from "../../../ir/node.ts";
import type { Target } from "../../../ir/target.ts";

/** A target that becomes machine code, and what makes it. */
export interface NativeCodegen {
  readonly target: Target;
  /** Machine code of a kernel: position-independent, to be placed at a multiple of 64, a multiple of 64 long. */
  readonly compile: (kernel: Kernel) => Uint8Array;
  readonly driver: (platform: string) => Uint8Array;
  /** For targets whose lanes the machine alone knows: code that writes their number to the word that its context is. */
  readonly lanes?: (() => Uint8Array) | undefined;
}

/** Every native target, of each architecture the plainest first. */
export const nativeCodegens: readonly NativeCodegen[] = [
  ...x64Targets.map((target) => ({
    target,
    compile: (kernel: Kernel) => compileX64([kernel], { target }).code,
    driver: (platform: string) => x64Driver({ abi: platform === "win32" ? "win64" : "sysv" }).finish(),
  })),
  ...arm64Targets.map((target) => ({
    target,
    compile: (kernel: Kernel) => compileArm64([kernel], { target }).code,
    driver: () => arm64Driver().finish(),
    lanes: target.lanes === undefined ? () => vectorLength().finish() : undefined,
  })),
];
