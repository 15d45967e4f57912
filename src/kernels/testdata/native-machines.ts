/** Machine code of this processor, called through the host and the driver that models use. */
import { checkAllocation } from "../../codegen/regalloc/check.ts";
import { compileX64 } from "../../codegen/x64/compile.ts";
import { driver } from "../../codegen/x64/driver.ts";
import type { X64Target } from "../../codegen/x64/targets.ts";
import { x64Targets } from "../../codegen/x64/targets.ts";
import { cursorRecord, nativeContext, stepRecord } from "../../ir/driver-layout.ts";
import type { Run } from "../../ir/interpret/interpret.ts";
import type { NativeHost } from "../../runtime/hosts/native/native-host.ts";
import { probeNative } from "../../runtime/hosts/native/probe.ts";
import type { Machine } from "./machines.ts";

const probe = probeNative();

/** Why a target's machine code does not run here, or undefined where it does. */
export function whyNotNative(name: string): string | undefined {
  const status = probe.targets.find((target) => target.name === name);
  if (status === undefined) return `There is no target ${name}.`;
  return status.available ? undefined : `${status.code}: ${status.reason}`;
}

/** Runs code that begins with a kernel in a memory of its own, into which the given one is copied, and back. */
function runCode(host: NativeHost, code: Uint8Array, run: Run & { readonly memory: ArrayBuffer }): void {
  const driverAt = Math.ceil(code.length / 64) * 64;
  const driverCode = driver({ abi: host.platform === "win32" ? "win64" : "sysv" }).finish();
  const all = new Uint8Array(driverAt + driverCode.length);
  all.set(code);
  all.set(driverCode, driverAt);
  using region = host.map(all);
  const steps = Math.ceil(run.memory.byteLength / 64) * 64;
  const cursor = steps + stepRecord.bytes;
  const context = cursor + cursorRecord.bytes;
  const memory = new ArrayBuffer(context + nativeContext.bytes);
  new Uint8Array(memory).set(new Uint8Array(run.memory));
  const { base } = host.memory({ buffer: memory });
  const view = new DataView(memory);
  const put = (at: number, value: number): void => view.setInt32(at, value, true);
  put(steps + stepRecord.args, run.args);
  put(steps + stepRecord.items, run.end);
  put(steps + stepRecord.chunk, 1 << 30);
  put(cursor + cursorRecord.item, run.begin);
  put(cursor + cursorRecord.budget, 1 << 30);
  view.setBigUint64(context + nativeContext.base, base, true);
  view.setBigUint64(context + nativeContext.code, region.base, true);
  put(context + nativeContext.steps, steps);
  put(context + nativeContext.count, 1);
  put(context + nativeContext.cursor, cursor);
  put(context + nativeContext.scratch, run.scratch);
  region.entry(driverAt)(base + BigInt(context), base);
  new Uint8Array(run.memory).set(new Uint8Array(memory, 0, run.memory.byteLength));
}

const x64Machine = (host: NativeHost, target: X64Target): Machine => ({
  name: target.name,
  target,
  run: (kernel, run) => runCode(host, compileX64([kernel], { target, check: checkAllocation }).code, run),
});

/** The targets whose machine code runs here. */
export const nativeMachines: readonly Machine[] = x64Targets.flatMap((target) =>
  probe.host !== undefined && whyNotNative(target.name) === undefined ? [x64Machine(probe.host, target)] : [],
);
