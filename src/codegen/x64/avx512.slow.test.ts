/** AVX-512 code on an emulator, where the processor has none; where it has, the kernel suites run it. */
import { describe, expect, test } from "vitest";
import { elementwise } from "../../kernels/elementwise/elementwise.ts";
import { l2Normalize } from "../../kernels/testdata/l2-normalize.ts";
import type { Machine } from "../../kernels/testdata/machines.ts";
import { machinesOf } from "../../kernels/testdata/machines.ts";
import type { KernelArguments } from "../../kernels/testdata/run-kernel.ts";
import { runKernel } from "../../kernels/testdata/run-kernel.ts";
import type { Step } from "../../kernels/testdata/run-step.ts";
import { steps } from "../../kernels/testdata/steps.ts";
import { fromNumbers, numbers } from "../../tensor/numbers.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Runs } from "../testdata/collect-runs.ts";
import { expectSteps } from "../testdata/expect-steps.ts";
import { boundaries, loadHalves, patterns, quietBits, storeHalves, values, ways } from "../testdata/halves.ts";
import { leafProbes, runLeaves } from "../testdata/leaf-probes.ts";
import { x64Avx512 } from "./targets.ts";
import { onBochs } from "./testdata/on-bochs.ts";
import { bochsReason, hasBochs } from "./testdata/run-bochs.ts";
import { tileLoop } from "./testdata/tile-loop.ts";

/** The interpreter as the same target sees it. */
function reference(): Machine {
  const [machine] = machinesOf(true).filter(({ name }) => name === "leaf form, fused x16");
  return { ...machine!, target: x64Avx512 };
}

/** Expects that runs give the same on the emulator as by the interpreter. */
function expectSame(runs: Runs<Readonly<Record<string, unknown>>>): void {
  const [expected, actual] = [runs(reference()), onBochs(runs)];
  for (const what of Object.keys(expected)) expect({ [what]: actual[what] }).toEqual({ [what]: expected[what] });
}

/** Halfway between two f16: vcvtps2ph of Bochs 2.7 rounds these up, whatever it is told. */
function isTie(x: number): boolean {
  const unit = 2 ** Math.max(-24, Math.floor(Math.log2(Math.abs(x))) - 10);
  return Math.abs((x / unit) % 1) === 0.5;
}

/** Sums of any two f16 are ties now and then: here they have operands with fewer bits, and sums that are f16. */
function withoutTies(step: Step): Step {
  if (!/^add/.test(step.op) || step.operands[0]?.dtype !== "f16") return step;
  const rounded = (x: Tensor): Tensor =>
    fromNumbers(
      "f16",
      x.shape,
      numbers(x).map((v) => Math.round(128 * v) / 128),
    );
  return { ...step, operands: step.operands.map((operand) => operand && rounded(operand)) };
}

const resultsBy = <K extends string | number>(keys: readonly K[], of: (key: K) => unknown): Record<string, unknown> =>
  Object.fromEntries(keys.map((key) => [key, of(key)]));

function normalize(n: number, machine: Machine): Float32Array {
  const x = Float32Array.from({ length: 2 * n }, (_, i) => Math.sin(i));
  const args = { x, xPitch: n, y: new Float32Array(2 * n), yPitch: n, n, eps: 1e-3 };
  return runKernel(l2Normalize.build({}, machine.target), machine, args, { items: 2, misalign: 4 }).y;
}

const storages = ["f16", "bf16", "i16", "u16", "i8", "u8"] as const;

function scale(storage: (typeof storages)[number], machine: Machine): unknown {
  const isFloat = storage.endsWith("f16");
  const options = {
    rank: 0,
    operands: [{ storage, repeats: false }],
    result: storage,
    formula: (k, x) => (isFloat ? k.mul(x!, 1.5) : k.imul(x!, 3)),
  } satisfies Parameters<typeof elementwise.build>[0];
  const bytes = Uint8Array.from({ length: 74 }, (_, i) => (i * 37) & 0x7b);
  const x0 = storage.endsWith("8") ? bytes.subarray(0, 37) : new Uint16Array(bytes.buffer);
  const args: KernelArguments = { x0, y: x0.slice().fill(0), n: 37, blocks: 1, block: 64 };
  return runKernel(elementwise.build(options, machine.target), machine, args, { items: 1 })["y"];
}

function multiplyTile(machine: Machine): Float32Array {
  const [mr, nv, depth, lanes] = [14, 2, 9, 16];
  const make = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => Math.cos(i));
  const args = { a: make(mr * depth), b: make(nv * lanes * depth), c: new Float32Array(mr * nv * lanes), depth };
  const strides = { aStride0: 0, bStride0: 0, bStride1: 0 };
  return runKernel(tileLoop.build({ mr, nv }, machine.target), machine, { ...args, ...strides }, { items: 1 }).c;
}

describe.skipIf(!hasBochs())(`on Bochs (${bochsReason})`, () => {
  test("a step or more of each kernel", () => {
    expectSteps((runs, isChain) => onBochs(runs, { isChain }), steps.map(withoutTies));
  });

  test("leaves of every kind", () =>
    expectSame((machine) => resultsBy(leafProbes, (name) => runLeaves(name, machine))));

  test("rows of some lengths are divided by theirs", () => {
    expectSame((machine) => resultsBy([0, 1, 15, 16, 17, 63, 64, 65, 100], (n) => normalize(n, machine)));
  });

  test("16 and 8 bits are loaded and stored, the last elements too", () => {
    expectSame((machine) => resultsBy(storages, (storage) => scale(storage, machine)));
  });

  test("a tile is multiplied", () => expectSame((machine) => ({ tile: multiplyTile(machine) })));

  test("f16 in each way", () => {
    const bits = patterns.filter((_, i) => i % 31 === 0);
    const { x, expected } = boundaries();
    const isKept = (i: number): boolean => (i % 17 === 0 || i > x.length - 20) && !isTie(x[i]!);
    const kept = x.filter((_, i) => isKept(i));
    const moved = onBochs((machine) =>
      ways.map((way) => ({ loaded: loadHalves(machine, way, bits), stored: storeHalves(machine, way, kept) })),
    );
    moved.forEach(({ loaded, stored }, i) => {
      const way = ways[i];
      expect({ way, loaded: quietBits(loaded) }).toEqual({
        way,
        loaded: quietBits(values.filter((_, j) => j % 31 === 0)),
      });
      expect({ way, stored }).toEqual({ way, stored: expected.filter((_, j) => isKept(j)) });
    });
  });
});
