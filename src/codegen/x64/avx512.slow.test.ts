/** AVX-512 code on an emulator, where the processor has none; where it has, the kernel suites run it. */
import { afterAll, describe, expect, test } from "vitest";
import { elementwise } from "../../kernels/elementwise/elementwise.ts";
import { l2Normalize } from "../../kernels/testdata/l2-normalize.ts";
import type { Machine } from "../../kernels/testdata/machines.ts";
import { machinesOf } from "../../kernels/testdata/machines.ts";
import { runKernel } from "../../kernels/testdata/run-kernel.ts";
import { boundaries, loadHalves, patterns, quietBits, storeHalves, values, ways } from "../testdata/halves.ts";
import { leafProbes, runLeaves } from "../testdata/leaf-probes.ts";
import { bochsMachine, closeBochs } from "./testdata/bochs-machine.ts";
import { tileLoop } from "./testdata/tile-loop.ts";

/** The interpreter as the same target sees it, and the emulator. */
const both = (): [Machine, Machine] => {
  const [reference] = machinesOf(true).filter(({ name }) => name === "leaf form, fused x16");
  return [{ ...reference!, target: { ...bochsMachine!.target } }, bochsMachine!];
};

afterAll(closeBochs);

/** Halfway between two f16: vcvtps2ph of Bochs 2.7 rounds these up, whatever it is told. */
function isTie(x: number): boolean {
  const unit = 2 ** Math.max(-24, Math.floor(Math.log2(Math.abs(x))) - 10);
  return Math.abs((x / unit) % 1) === 0.5;
}

describe.skipIf(bochsMachine === undefined)("on Bochs, which Debian has as bochs, with as and ld", () => {
  test.each(leafProbes)("%s", (name) => {
    const [expected, actual] = both().map((machine) => runLeaves(name, machine));
    expect(actual).toEqual(expected);
  });

  test.each([0, 1, 15, 16, 17, 63, 64, 65, 100])("rows of %i are divided by their length", (n) => {
    const x = Float32Array.from({ length: 2 * n }, (_, i) => Math.sin(i));
    const args = { x, xPitch: n, y: new Float32Array(2 * n), yPitch: n, n, eps: 1e-3 };
    const [expected, actual] = both().map(
      (machine) => runKernel(l2Normalize.build({}, machine.target), machine, args, { items: 2, misalign: 4 }).y,
    );
    expect(actual).toEqual(expected);
  });

  test.each(["f16", "bf16", "i16", "u16", "i8", "u8"] as const)(
    "%s is loaded and stored, the last elements too",
    (storage) => {
      const isFloat = storage.endsWith("f16");
      const options = {
        rank: 0,
        operands: [{ storage, repeats: false }],
        result: storage,
        formula: (k, x) => (isFloat ? k.mul(x!, 1.5) : k.imul(x!, 3)),
      } satisfies Parameters<typeof elementwise.build>[0];
      const bytes = Uint8Array.from({ length: 74 }, (_, i) => (i * 37) & 0x7b);
      const x0 = storage.endsWith("8") ? bytes.subarray(0, 37) : new Uint16Array(bytes.buffer);
      const args = { x0, y: x0.slice().fill(0), n: 37, blocks: 1, block: 64 };
      const [expected, actual] = both().map(
        (machine) => runKernel(elementwise.build(options, machine.target), machine, args, { items: 1 }).y,
      );
      expect(actual).toEqual(expected);
    },
  );

  test.each(ways)("f16 as %s", (way) => {
    const bits = patterns.filter((_, i) => i % 301 === 0);
    const { x, expected } = boundaries();
    const kept = (i: number): boolean => (i % 61 === 0 || i > x.length - 20) && !isTie(x[i]!);
    expect(quietBits(loadHalves(bochsMachine!, way, bits))).toEqual(quietBits(values.filter((_, i) => i % 301 === 0)));
    const stored = storeHalves(
      bochsMachine!,
      way,
      x.filter((_, i) => kept(i)),
    );
    expect(stored).toEqual(expected.filter((_, i) => kept(i)));
  });

  test("a tile is multiplied", () => {
    const [mr, nv, depth, lanes] = [14, 2, 9, 16];
    const make = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => Math.cos(i));
    const args = { a: make(mr * depth), b: make(nv * lanes * depth), c: new Float32Array(mr * nv * lanes), depth };
    const strides = { aStride0: 0, bStride0: 0, bStride1: 0 };
    const [expected, actual] = both().map(
      (machine) =>
        runKernel(tileLoop.build({ mr, nv }, machine.target), machine, { ...args, ...strides }, { items: 1 }).c,
    );
    expect(actual).toEqual(expected);
  });
});
