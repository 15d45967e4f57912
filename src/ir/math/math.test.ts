import { describe, expect, test } from "vitest";
import { hash } from "../../kernels/testdata/hash.ts";
import { machinesOf } from "../../kernels/testdata/machines.ts";
import { runKernel } from "../../kernels/testdata/run-kernel.ts";
import { errorFunction } from "../../ops/error-function.ts";
import { createRandom } from "../../tensor/random.ts";
import { size, vector } from "../arguments.ts";
import { kernel } from "../kernel.ts";
import type { FormulaOp } from "./formulas.ts";
import { formulas } from "./formulas.ts";

interface Bound {
  readonly exact: (x: number) => number;
  readonly ulp: number;
  /** The greatest |x| for which the bound is promised. */
  readonly upTo?: number;
}

const bounds: Readonly<Record<FormulaOp, Bound>> = {
  exp: { exact: Math.exp, ulp: 1.5 },
  log: { exact: Math.log, ulp: 1.5 },
  tanh: { exact: Math.tanh, ulp: 2 },
  erf: { exact: errorFunction, ulp: 2 },
  sin: { exact: Math.sin, ulp: 2, upTo: 100_000 },
  cos: { exact: Math.cos, ulp: 2, upTo: 100_000 },
};

const map = kernel("map", ({ op }: { readonly op: FormulaOp }) => ({
  signature: { x: vector(), y: vector(), n: size() },
  build(k, { x, y, n }) {
    k.items(() => k.vectors(n, (i, part) => k.store(y, i, k[op](k.load(x, i, part)), part)));
  },
}));

/** The distance of neighbouring f32 numbers at |x|. */
function ulpAt(x: number): number {
  const exponent = Math.floor(Math.log2(Math.max(Math.abs(x), 2 ** -126)));
  return 2 ** (Math.min(exponent, 127) - 23);
}

const edges = [0, 1, 2 ** -149, 2 ** -126, 2 ** -127, 0.6, 1.5, 2, 3.4028234663852886e38, Number.POSITIVE_INFINITY]
  .flatMap((x) => [x, -x])
  .concat(Number.NaN, 88.72283935546875, 88.7228469848, -87.33654, -103.97207, -103.97208, 0.99999994, 1.0000001);

/** Edges, then all exponents with random mantissas, then plain magnitudes. */
function samples(count: number, seed: string): Float32Array {
  const random = createRandom(seed);
  const bits = Uint32Array.from({ length: count }, () => random.u32());
  const x = new Float32Array(bits.buffer);
  for (let i = 0; i < count / 2; i++) x[i] = random.uniform() * 2 ** random.int(-6, 8);
  x.set(edges);
  return x;
}

describe.each(Object.keys(formulas) as FormulaOp[])("%s", (op) => {
  const { exact, ulp, upTo = Number.POSITIVE_INFINITY } = bounds[op];

  test.each([false, true])(`is within ${ulp} ulp of f64, fused %s`, (fused) => {
    const x = samples(300_000, `math ${op}`);
    const machine = machinesOf(fused).find(({ target }) => target.name.startsWith("wasm"))!;
    const { y } = runKernel(
      map.build({ op }, machine.target),
      machine,
      { x, y: new Float32Array(x.length), n: x.length },
      { items: 1 },
    );
    let [worst, at] = [0, 0];
    x.forEach((value, i) => {
      if (Math.abs(value) > upTo) return;
      const expected = exact(value);
      const error = Object.is(Math.fround(expected), y[i]) ? 0 : Math.abs(y[i]! - expected) / ulpAt(expected);
      if (!(error <= worst)) [worst, at] = [error, value];
    });
    expect(worst, `at ${at}`).toBeLessThanOrEqual(ulp);
  });

  test.each([false, true])("has the same bits on all machines, fused %s", (fused) => {
    const x = samples(1001, `bits ${op}`);
    const hashes = machinesOf(fused).map((machine) => {
      const args = { x, y: new Float32Array(x.length), n: x.length };
      return hash(runKernel(map.build({ op }, machine.target), machine, args, { items: 1 }).y);
    });
    expect(new Set(hashes).size).toBe(1);
  });
});
