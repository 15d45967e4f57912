import { TargetError } from "../../tensor/errors.ts";
import type { HostSettings } from "./host-settings.ts";
import { hostSettings } from "./host-settings.ts";
import type { NativeProbe, SelfTest } from "./native/probe.ts";
import { probeNative } from "./native/probe.ts";
import type { TargetStatus } from "./target-status.ts";
import { probeWasm } from "./wasm/probe.ts";

/** Runs each step by its operator's meaning in TypeScript: there is nothing that it needs. */
const evalTarget: TargetStatus = { name: "eval", available: true };

export interface TargetsProbe {
  /** Every target that lanewise knows, available or not. */
  readonly targets: readonly TargetStatus[];
  readonly native: NativeProbe;
}

/**
 * Where every target stands in this process. A target that LANEWISE_TARGET does not choose is DISABLED. Throws TargetError where it chooses one
 * that does not exist, UsageError for a bad LANEWISE_NATIVE.
 */
export function probeTargets({
  settings = hostSettings(),
  selfTest,
}: {
  readonly settings?: HostSettings;
  readonly selfTest?: SelfTest;
} = {}): TargetsProbe {
  const native = probeNative({ settings, ...(selfTest && { selfTest }) });
  const others = [evalTarget, ...probeWasm()].map((status) => chosenOnly(status, settings));
  const targets = [...others, ...native.targets];
  const { target } = settings;
  if (target !== undefined && !targets.some(({ name }) => name === target)) {
    const names = targets.map(({ name }) => name).join(", ");
    throw new TargetError(`LANEWISE_TARGET is "${target}", and the targets are auto, ${names}.`);
  }
  return { targets, native };
}

function chosenOnly(status: TargetStatus, { target }: HostSettings): TargetStatus {
  if (target === undefined || target === status.name || !status.available) return status;
  const reason = `LANEWISE_TARGET chooses ${target} instead.`;
  return { name: status.name, available: false, code: "DISABLED", reason };
}
