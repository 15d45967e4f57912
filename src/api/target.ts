import { wasmTargets } from "../codegen/wasm/targets.ts";
import type { HostSettings } from "../runtime/hosts/host-settings.ts";
import { hostSettings } from "../runtime/hosts/host-settings.ts";
import { InterpreterHost, interpreterTarget } from "../runtime/hosts/interpreter/interpreter-host.ts";
import { measuredTarget } from "../runtime/hosts/native/measured-target.ts";
import type { NativeCodegen } from "../runtime/hosts/native/native-codes.ts";
import { nativeCodegens } from "../runtime/hosts/native/native-codes.ts";
import type { NativeHost } from "../runtime/hosts/native/native-host.ts";
import { NativeKernelHost } from "../runtime/hosts/native/native-kernel-host.ts";
import type { NativeProbe } from "../runtime/hosts/native/probe.ts";
import { probeNative } from "../runtime/hosts/native/probe.ts";
import { selfTest } from "../runtime/hosts/native/self-test.ts";
import type { TargetStatus } from "../runtime/hosts/target-status.ts";
import { probeWasm } from "../runtime/hosts/wasm/probe.ts";
import { WasmHost } from "../runtime/hosts/wasm/wasm-host.ts";
import type { KernelHost } from "../runtime/kernel-host.ts";
import { TargetError, UsageError } from "../tensor/errors.ts";

export interface ChosenTarget {
  readonly target: string;
  readonly threads: number;
  /** Why it came to this, as sentences. */
  readonly reasons: readonly string[];
  /** Makes what runs kernels on the target; undefined for eval. */
  readonly openHost: (() => KernelHost) | undefined;
}

/** A target: whether it runs in this process, and what runs its kernels. */
interface TargetRow {
  readonly name: string;
  readonly status: () => TargetStatus;
  readonly openHost: (() => KernelHost) | undefined;
  /** Whether "auto" may choose it. */
  readonly auto: () => boolean;
}

const available = (name: string) => (): TargetStatus => ({ name, available: true });

let wasmStatuses: readonly TargetStatus[] | undefined;

/** Asked once in a process: the answer does not change. */
function wasmStatus(name: string): TargetStatus {
  wasmStatuses ??= probeWasm();
  return wasmStatuses.find((status) => status.name === name) as TargetStatus;
}

let nativeProbe: NativeProbe | undefined;

/** What runs as machine code here; asked once for each setting. */
function probedNative(): NativeProbe {
  nativeProbe ??= probeNative({ settings: { ...hostSettings(), target: undefined }, selfTest });
  return nativeProbe;
}

/** Whether vectors of a length that the machine alone knows are longer than those that it has besides; true for all others. */
function isWiderThanFixed(codegen: NativeCodegen): boolean {
  if (codegen.target.lanes !== undefined) return true;
  const { host } = probedNative();
  return host !== undefined && (measuredTarget(host, codegen).lanes as number) > fixedLanes;
}

/** Of the vectors that a processor has beside scalable ones. */
const fixedLanes = 4;

const nativeRows = [...nativeCodegens].reverse().map((codegen): TargetRow => {
  const { name } = codegen.target;
  return {
    name,
    status: () => probedNative().targets.find((status) => status.name === name) as TargetStatus,
    openHost: () => new NativeKernelHost(probedNative().host as NativeHost, codegen),
    auto: () => isWiderThanFixed(codegen),
  };
});

/** Best first. */
const rows: readonly TargetRow[] = [
  ...nativeRows,
  ...[...wasmTargets].reverse().map((target) => ({
    name: target.name,
    status: () => wasmStatus(target.name),
    openHost: () => new WasmHost(target),
    auto: () => true,
  })),
  { name: "eval", status: available("eval"), openHost: undefined, auto: () => true },
  {
    name: interpreterTarget.name,
    status: available(interpreterTarget.name),
    openHost: () => new InterpreterHost(),
    auto: () => false,
  },
];

/** The names of all targets. */
export const targetNames: readonly string[] = rows.map(({ name }) => name);

/** A target whose kernels run in this process. */
export interface KernelTarget {
  readonly name: string;
  readonly openHost: () => KernelHost;
  /** Whether it is there to be fast: "auto" takes no other. */
  readonly isFast: boolean;
}

/** The targets that run kernels in this process, best first. */
export function kernelTargets(): KernelTarget[] {
  return rows.flatMap(({ name, status, openHost, auto }) =>
    openHost !== undefined && status().available ? [{ name, openHost, isFast: auto() }] : [],
  );
}

/**
 * The target and the number of threads for what the caller asked. Throws TargetError for a target that does not exist or does not run here,
 * UsageError for a bad thread count.
 */
export function chooseTarget({
  target = "auto",
  threads,
  settings = hostSettings(),
}: {
  readonly target?: string | undefined;
  readonly threads?: number | undefined;
  readonly settings?: HostSettings;
}): ChosenTarget {
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1)) {
    throw new UsageError(`The option threads must be a whole number of 1 or more, got ${String(threads)}.`);
  }
  const wanted = target === "auto" ? (settings.target ?? "auto") : target;
  const { name, openHost, reasons } = wanted === "auto" ? bestTarget() : namedTarget(wanted);
  const because = [...reasons];
  if (threads !== undefined && threads > 1)
    because.push(`1 thread instead of ${threads}: plans run on the calling thread`);
  return { target: name, threads: 1, reasons: because, openHost };
}

type Choice = Pick<TargetRow, "name" | "openHost"> & { readonly reasons: readonly string[] };

function bestTarget(): Choice {
  const reasons: string[] = [];
  for (const { name, status, openHost, auto } of rows) {
    const answer = status();
    if (answer.available && auto())
      return { name, openHost, reasons: [...reasons, `${name} is the best target that runs here`] };
    reasons.push(
      answer.available
        ? `${name} has no wider vectors here than the next target`
        : `${name} is off (${answer.code}): ${answer.reason}`,
    );
  }
  throw new TargetError("Bug: eval runs everywhere.");
}

function namedTarget(wanted: string): Choice {
  const row = rows.find(({ name }) => name === wanted);
  if (row === undefined) {
    throw new TargetError(`There is no target "${wanted}"; the targets are auto, ${targetNames.join(", ")}.`);
  }
  const answer = row.status();
  if (answer.available) return { name: wanted, openHost: row.openHost, reasons: [`${wanted} was asked for`] };
  throw new TargetError(
    `Target ${wanted} does not run here (${answer.code}): ${answer.reason} Choose another one, or "auto".`,
  );
}
