import { describe, expect, test } from "vitest";
import { interpret } from "../../ir/interpret/interpret.ts";
import type { Kernel } from "../../ir/node.ts";
import { layerNorm } from "../../kernels/norm/layer-norm.ts";
import { rmsNorm } from "../../kernels/norm/rms-norm.ts";
import { softmax } from "../../kernels/softmax/softmax.ts";
import { createRandom } from "../../tensor/random.ts";
import { checkAllocation } from "../regalloc/check.ts";
import { Assembler, Label } from "./assembler.ts";
import { buildFunction } from "./build-function.ts";
import { compileArm64 } from "./compile.ts";
import { arm64Neon, arm64Sve2, arm64Targets } from "./targets.ts";
import { assembleWithGnu } from "./testdata/gnu-as.ts";
import type { Call } from "./testdata/run-qemu.ts";
import { hasQemu, processors, qemuReason, runQemu } from "./testdata/run-qemu.ts";

describe.each(arm64Targets)("$name", (target) => {
  const kernels = [rmsNorm.build({ scale: "f32" }, target), softmax.build({}, target), layerNorm.build({}, target)];

  test("kernels begin at multiples of 64, by name", () => {
    const { code, entries } = compileArm64(kernels, { target, check: checkAllocation });
    expect([...entries.keys()]).toEqual(kernels.map(({ name }) => name));
    for (const entry of entries.values()) expect(entry % 64).toBe(0);
    expect(compileArm64(kernels, { target }).code).toEqual(code);
  });

  test("the listing is what GNU as makes the code of", ({ skip }) => {
    const { code, listing } = compileArm64(kernels, { target });
    const bytes = assembleWithGnu(`.arch armv8.6-a+sve2\n${listing()}`);
    skip(bytes === undefined, "needs aarch64-linux-gnu-as: apt-get install binutils-aarch64-linux-gnu");
    expect(bytes).toEqual(code.subarray(0, bytes?.length));
    expect(code.subarray(bytes?.length).every((byte) => byte === 0)).toBe(true);
  });

  test("two kernels of one name, and a kernel in its first form, are refused", () => {
    const [kernel] = kernels as [Kernel];
    expect(() => compileArm64([kernel, kernel], { target })).toThrow("Two kernels are called rms-norm");
    expect(() => buildFunction(kernel, target)).toThrow("Kernel rms-norm has not been legalized for arm64-");
  });
});

describe("the assembler", () => {
  const listing = (build: (a: Assembler) => void): string[] => {
    const a = new Assembler();
    build(a);
    return a
      .listing()
      .trim()
      .split("\n")
      .map((line) => line.trim());
  };

  test("makes pairs of neighbours that are in order", () => {
    const lines = listing((a) => {
      a.emit("ldr_q", 0, 9, 16);
      a.emit("ldr_q", 1, 9, 32);
      a.emit("ldr_q", 2, 9, 48);
      a.emit("str_q", 3, 9, 32);
      a.emit("str_q", 4, 9, 16);
      a.emit("ldr_x", 9, 9, 0);
      a.emit("ldr_x", 10, 9, 8);
      a.emit("ldr_q", 5, 9, 1024);
      a.emit("ldr_q", 6, 9, 1040);
      a.emit("ldr_d", 7, 9, 0);
      a.emit("ldr_d", 7, 9, 8);
    });
    expect(lines.slice(0, 10)).toEqual([
      "ldp q0, q1, [x9, #16]",
      "ldr q2, [x9, #48]",
      "str q3, [x9, #32]",
      "str q4, [x9, #16]",
      "ldr x9, [x9, #0]",
      "ldr x10, [x9, #8]",
      "ldr q5, [x9, #1024]",
      "ldr q6, [x9, #1040]",
      "ldr d7, [x9, #0]",
      "ldr d7, [x9, #8]",
    ]);
  });

  test("does not pair across a label, and keeps each literal once", () => {
    const label = new Label();
    const literal = Uint8Array.of(1, 2, 3, 4);
    const lines = listing((a) => {
      a.emit("str_q", 0, 9, 0);
      a.bind(label);
      a.emit("str_q", 1, 9, 16);
      a.emit("ldr_s_lit", 2, literal);
      a.emit("ldr_s_lit", 3, literal.slice());
      a.emit("b", label);
    });
    expect(lines.filter((line) => line !== "nop")).toEqual([
      "str q0, [x9, #0]",
      ".L0:",
      "str q1, [x9, #16]",
      "ldr s2, .L1",
      "ldr s3, .L1",
      "b .L0",
      ".L1:",
      ".word 0x4030201",
      ...Array(3).fill(".word 0x0"),
    ]);
  });

  test("refuses labels that are bound twice or never", () => {
    const [a, label] = [new Assembler(), new Label()];
    a.emit("b", label);
    expect(() => a.finish()).toThrow("Bug: b goes to a label that is not bound.");
    a.bind(label);
    expect(() => a.bind(label)).toThrow("Bug: a label is bound twice.");
  });
});

/** In place, on a row whose last byte is the last of a page that nothing follows. */
function rowAtEnd(storage: "f32" | "bf16", n: number): { readonly memory: ArrayBuffer; readonly scratch: number } {
  const width = storage === "f32" ? 4 : 2;
  const memory = new ArrayBuffer(4096 + Math.ceil((width * n) / 16) * 16);
  const [view, random] = [new DataView(memory), createRandom(`${storage} ${n}`)];
  const row = memory.byteLength - width * n;
  for (let i = 0; i < n; i++) {
    if (width === 4) view.setFloat32(row + 4 * i, random.uniform(), true);
    else view.setUint16(row + 2 * i, 0x3f00 + random.int(0, 0x100), true);
  }
  // The words of rms-norm: x and its pitch, y and its pitch, n, eps.
  [row, n, row, n, n].forEach((word, i) => void view.setInt32(4 * i, word, true));
  view.setFloat32(20, 1e-5, true);
  return { memory, scratch: 512 };
}

describe.skipIf(!hasQemu())(`rows that end at an inaccessible page (${qemuReason})`, () => {
  const counts = [1, 2, 3, 4, 5, 6, 7, 15, 16, 17, 31, 33, 63, 64, 65, 66, 67, 129, 255];
  const scratchEnd = 4096;

  test.each([
    ["NEON", arm64Neon, processors.neon],
    ["SVE2 of 128 bits", arm64Sve2, processors.sve(128)],
    ["SVE2 of 512 bits", arm64Sve2, processors.sve(512)],
    ["SVE2 of 2048 bits", arm64Sve2, processors.sve(2048)],
  ])("%s", (_, target, processor) => {
    for (const storage of ["f32", "bf16"] as const) {
      const kernel = rmsNorm.build({ storage }, target);
      const runs = counts.map((n) => ({ ...rowAtEnd(storage, n), args: 0, begin: 0, end: 1 }));
      const calls = runs.map((run): Call => ({ ...run, entry: 0, memory: new Uint8Array(run.memory.slice(0)) }));
      const results = runQemu(compileArm64([kernel], { target }).code, calls, processor);
      for (const run of runs) interpret(kernel, { lanes: 4, fused: true }, run);
      const rows = runs.map(({ memory }) => [...new Uint8Array(memory, scratchEnd)]);
      expect(results.map((memory) => [...memory.subarray(scratchEnd)])).toEqual(rows);
    }
  });
});
