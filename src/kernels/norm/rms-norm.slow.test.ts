/** The rms-norm kernel on every target, over every kind of row: near the f64 formula, and the same bits on all targets whose multiply-add rounds once. */
import { afterAll, describe, expect, it } from "vitest";
import { seed } from "../../../test/support/seed.ts";
import { arm64Neon, arm64Sve2 } from "../../codegen/arm64/targets.ts";
import { onArm } from "../../codegen/arm64/testdata/on-arm.ts";
import { hasQemu, processors, qemuReason } from "../../codegen/arm64/testdata/run-qemu.ts";
import { wasmRelaxed, wasmSimd128 } from "../../codegen/wasm/targets.ts";
import { onBochs } from "../../codegen/x64/testdata/on-bochs.ts";
import { bochsReason, hasBochs } from "../../codegen/x64/testdata/run-bochs.ts";
import { nativeCodegens } from "../../runtime/hosts/native/native-codes.ts";
import type { NativeHost } from "../../runtime/hosts/native/native-host.ts";
import { NativeKernelHost } from "../../runtime/hosts/native/native-kernel-host.ts";
import { probeNative } from "../../runtime/hosts/native/probe.ts";
import { probeWasm } from "../../runtime/hosts/wasm/probe.ts";
import { WasmHost } from "../../runtime/hosts/wasm/wasm-host.ts";
import type { KernelHost } from "../../runtime/kernel-host.ts";
import { use } from "../schedule.ts";
import { hash } from "../testdata/hash.ts";
import type { Machine } from "../testdata/machines.ts";
import { machines } from "../testdata/machines.ts";
import { allowRelaxedSimd } from "../testdata/relaxed-simd.ts";
import { rmsNorm } from "./rms-norm.ts";
import { runAtPageEnd } from "./testdata/run-at-page-end.ts";
import { runOnHost } from "./testdata/run-on-host.ts";
import type { StressRow } from "./testdata/stress-rows.ts";
import { boundInUlp, isWithinRange, referenceRow, stressRows } from "./testdata/stress-rows.ts";

const rows = stressRows(seed, 500);
/** The same rows in every run and on every machine: their hash is comparable. */
const fixedRows = stressRows(20_250_101, 40);

allowRelaxedSimd();
const native = probeNative();
const isNative = (name: string): boolean => native.targets.some((status) => status.name === name && status.available);
const wasm = probeWasm();
const hosts: readonly { readonly name: string; readonly fused: boolean; readonly open: () => KernelHost }[] = [
  ...[wasmSimd128, wasmRelaxed]
    .filter(({ name }) => wasm.some((status) => status.name === name && status.available))
    .map((target) => ({ name: target.name, fused: target.fused, open: () => new WasmHost(target) })),
  ...nativeCodegens
    .filter(({ target }) => isNative(target.name))
    .map((codegen) => ({
      name: codegen.target.name,
      fused: codegen.target.fused,
      open: () => new NativeKernelHost(native.host as NativeHost, codegen),
    })),
];

const kernel = use(rmsNorm, { scale: "f32" });

/** Each row in an image of its own, for machines that are no hosts. */
function runOnMachine(machine: Machine, list: readonly StressRow[]): Float32Array[] {
  const built = rmsNorm.build({ scale: "f32" }, machine.target);
  return list.map(({ x, scale, eps }) => {
    const n = x.length;
    const [xAt, scaleAt, yAt] = [1024 + 4, 1024 + 4 * n + 128, 1024 + 8 * n + 256 + 8];
    const scratch = Math.ceil((yAt + 4 * n + 64) / 64) * 64;
    const memory = new ArrayBuffer(scratch + 4096);
    new Float32Array(memory, xAt, n).set(x);
    new Float32Array(memory, scaleAt, n).set(scale);
    const view = new DataView(memory);
    const values: Readonly<Record<string, number>> = { x: xAt, scale: scaleAt, y: yAt, n, eps };
    built.words.forEach(({ name, type }, word) => {
      if (type === "f32") view.setFloat32(4 * word, values[name] ?? 0, true);
      else view.setInt32(4 * word, values[name] ?? 0, true);
    });
    machine.run(built, { memory, args: 0, begin: 0, end: 1, scratch });
    return new Float32Array(memory, yAt, n).slice();
  });
}

function expectNear(results: readonly Float32Array[], list: readonly StressRow[]): void {
  list.forEach((row, i) => {
    if (!isWithinRange(row)) return;
    const bound = boundInUlp(row);
    const expected = referenceRow(row);
    const result = results[i] as Float32Array;
    for (let j = 0; j < expected.length; j++) {
      const [got, wanted] = [result[j] as number, expected[j] as number];
      const ulp = Math.max(2 ** -149, 2 ** (Math.floor(Math.log2(Math.abs(wanted))) - 23));
      if (Math.abs(got - wanted) <= bound * ulp || (Number.isNaN(got) && Number.isNaN(wanted))) continue;
      expect.fail(`${row.what}, element ${j}: got ${got}, the formula gives ${wanted}, more than ${bound} ulp away`);
    }
  });
}

const hashOf = (results: readonly Float32Array[]): string =>
  hash(Float32Array.from(results.flatMap((row) => [...row])));

const reference = machines.find(({ name }) => name.startsWith("kernel form, fused x4")) as Machine;
const hashes = new Map<string, string>();
afterAll(() => {
  for (const [name, value] of hashes) console.info(`rms-norm ${value} ${name}`);
});

describe(`rms-norm over ${rows.length} rows (LANEWISE_SEED=${seed})`, () => {
  it("is near the f64 formula on the reference, which the other targets equal", () => {
    const results = runOnMachine(reference, fixedRows);
    expectNear(results, fixedRows);
    hashes.set("interpreter", hashOf(results));
  });

  it.each(hosts)("$name", ({ name, fused, open }) => {
    const host = open();
    try {
      expectNear(runOnHost(host, kernel, rows), rows);
      const fixed = hashOf(runOnHost(host, kernel, fixedRows));
      hashes.set(name, fixed);
      if (fused) expect(fixed).toBe(hashes.get("interpreter"));
    } finally {
      host.dispose();
    }
  });

  it.each(nativeCodegens.filter(({ target }) => isNative(target.name)))(
    "$target.name touches nothing behind operands that end at an inaccessible page",
    (codegen) => {
      const host = native.host as NativeHost;
      const sizes = [...Array.from({ length: 70 }, (_, n) => n), 255, 1029];
      for (const last of ["x", "scale", "y"]) expect(runAtPageEnd(host, codegen, sizes, last)).toBe(sizes.length);
    },
  );

  describe.skipIf(!hasQemu())(`under qemu (${qemuReason})`, () => {
    it.each([
      { target: arm64Neon, processor: processors.neon, lanes: 4 },
      ...[128, 256, 512, 1024, 2048].map((bits) => ({
        target: arm64Sve2,
        processor: processors.sve(bits),
        lanes: bits / 32,
      })),
    ])("$target.name of $lanes lanes", (where) => {
      expectNear(
        onArm(where, (machine) => runOnMachine(machine, rows)),
        rows,
      );
      const fixed = hashOf(onArm(where, (machine) => runOnMachine(machine, fixedRows)));
      hashes.set(`${where.target.name} of ${32 * where.lanes} bits`, fixed);
      expect(fixed).toBe(hashes.get("interpreter"));
    });
  });

  describe.skipIf(!hasBochs())(`on Bochs (${bochsReason})`, () => {
    it("x64-avx512", () => {
      expectNear(
        onBochs((machine) => runOnMachine(machine, rows)),
        rows,
      );
      const fixed = hashOf(onBochs((machine) => runOnMachine(machine, fixedRows)));
      hashes.set("x64-avx512 on Bochs", fixed);
      expect(fixed).toBe(hashes.get("interpreter"));
    });
  });
});
