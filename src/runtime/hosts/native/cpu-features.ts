import { arm64Features, readArm64Features } from "./arm64-features.ts";
import type { NativeHost } from "./native-host.ts";
import { readX64Features, x64Features } from "./x64-features.ts";

/** What a processor has, by the names that compilers use for it. */
export interface CpuFeatures {
  /** What code may use. */
  readonly usable: ReadonlySet<string>;
  /** What the processor has and the system does not allow, since it does not save the registers. */
  readonly unsaved: ReadonlySet<string>;
}

/** Asks the processor or the system, never a list of models. */
export function readCpuFeatures(host: NativeHost): CpuFeatures {
  return host.arch === "arm64" ? readArm64Features(host) : readX64Features(host);
}

/** The features behind the flags that Linux lists in /proc/cpuinfo. */
export function featuresOfFlags(flags: ReadonlySet<string>, arch: string): string[] {
  const rows = Object.entries(arch === "arm64" ? arm64Features : x64Features);
  return rows.filter(([, { flag }]) => flags.has(flag)).map(([name]) => name);
}
