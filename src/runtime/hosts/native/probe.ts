import type { NodeProcess } from "../current-process.ts";
import { currentProcess } from "../current-process.ts";
import { HostRefusal } from "../host-refusal.ts";
import type { HostSettings } from "../host-settings.ts";
import { hostSettings } from "../host-settings.ts";
import type { TargetStatus } from "../target-status.ts";
import { statusOf } from "../target-status.ts";
import type { CpuFeatures } from "./cpu-features.ts";
import { readCpuFeatures } from "./cpu-features.ts";
import type { NativeHost } from "./native-host.ts";
import { openNativeHost } from "./native-host.ts";
import type { NativeTarget } from "./native-targets.ts";
import { nativeTargets } from "./native-targets.ts";

/** What a probe found: where each target stands and, where machine code runs, its host and what the processor has. */
export interface NativeProbe {
  readonly host?: NativeHost;
  readonly features?: ReadonlySet<string>;
  readonly targets: readonly TargetStatus[];
}

/** Runs kernels of a target against the reference. Answers what differed, as a sentence, or undefined. */
export type SelfTest = (host: NativeHost, target: string) => string | undefined;

export interface ProbeOptions {
  readonly settings?: HostSettings;
  readonly selfTest?: SelfTest;
  /** The process to ask; undefined for a browser. */
  readonly process?: NodeProcess | undefined;
  /** How a host is opened. */
  readonly open?: (process: NodeProcess) => NativeHost;
}

/**
 * Finds out which targets run as machine code here, each step only after the one before: not turned off, a system where this was tried, a
 * foreign function interface, a page made executable, a function that returns, the processor's features, the self test.
 * Whatever is lacking is in the answer. Throws UsageError for a bad LANEWISE_NATIVE.
 */
export function probeNative(options: ProbeOptions = {}): NativeProbe {
  const { settings = hostSettings(), selfTest, open = openNativeHost } = options;
  const process = "process" in options ? options.process : currentProcess();
  const opened = openChecked({ settings, process, open });
  const targets = nativeTargets.map((target) =>
    statusOf(target.name, () => {
      requireArch(target, process);
      requireChosen(target, settings);
      if (opened instanceof HostRefusal) throw opened;
      requireFeatures(target, opened.features);
      const difference = selfTest?.(opened.host, target.name);
      if (difference === undefined) return;
      throw new HostRefusal("SELF_TEST_FAILED", `${difference} Use another target, and please report this.`);
    }),
  );
  if (opened instanceof HostRefusal) return { targets };
  return { host: opened.host, features: opened.features.usable, targets };
}

type Opening = Required<Pick<ProbeOptions, "settings" | "open">> & Pick<ProbeOptions, "process">;

/** A host that has run a function and read the processor's features, or why there is none. */
function openChecked(opening: Opening): { host: NativeHost; features: CpuFeatures } | HostRefusal {
  try {
    const host = openTried(opening);
    requireReturn(host);
    return { host, features: readCpuFeatures(host) };
  } catch (error) {
    if (error instanceof HostRefusal) return error;
    throw error;
  }
}

function openTried({ settings, process, open }: Opening): NativeHost {
  if (settings.native === "off") {
    throw new HostRefusal("DISABLED", "LANEWISE_NATIVE=off turns machine code off: set it to auto to allow it.");
  }
  if (process === undefined) throw new HostRefusal("NO_FFI", "Browsers run no machine code: use a WebAssembly target.");
  const { platform, arch } = process;
  if (platform !== "linux" && settings.native !== "force") {
    throw new HostRefusal(
      "PLATFORM_UNTESTED",
      `Machine code has not been tried on ${platform} ${arch} yet: set LANEWISE_NATIVE=force to try it.`,
    );
  }
  try {
    return open(process);
  } catch (error) {
    if (error instanceof HostRefusal) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new HostRefusal("NO_FFI", `The C library cannot be called here: ${message}`, { cause: error });
  }
}

function requireReturn(host: NativeHost): void {
  // xor eax, eax; ret. And mov w0, #0; ret.
  const code = host.arch === "arm64" ? [0x00, 0x00, 0x80, 0x52, 0xc0, 0x03, 0x5f, 0xd6] : [0x31, 0xc0, 0xc3];
  using region = host.map(Uint8Array.from(code));
  const answer = region.entry(0)(0n, region.base);
  if (answer === 0) return;
  throw new HostRefusal(
    "SELF_TEST_FAILED",
    `A function that returns 0 returned ${answer} through ${host.ffi.name}: use another target, and please report this.`,
  );
}

function requireArch({ name, arch }: NativeTarget, process: NodeProcess | undefined): void {
  if (process === undefined || process.arch === arch) return;
  throw new HostRefusal("OTHER_ARCH", `${name} is for ${arch}, and this process runs on ${process.arch}.`);
}

function requireChosen({ name }: NativeTarget, { target }: HostSettings): void {
  if (target === undefined || target === name) return;
  throw new HostRefusal("DISABLED", `LANEWISE_TARGET chooses ${target} instead.`);
}

function requireFeatures({ needs }: NativeTarget, { usable, unsaved }: CpuFeatures): void {
  const lacking = needs.filter((name) => !usable.has(name) && !unsaved.has(name));
  if (lacking.length > 0) {
    throw new HostRefusal("CPU_TOO_OLD", `This processor has no ${lacking.join(", ")}: use another target.`);
  }
  const locked = needs.filter((name) => unsaved.has(name));
  if (locked.length === 0) return;
  throw new HostRefusal(
    "OS_STATE",
    `This processor has ${locked.join(", ")}, and the system does not save its registers: allow it there (kernel options, or the ` +
      "settings of the virtual machine), or use another target.",
  );
}
