import { describe, expect, test } from "vitest";
import { hash } from "../../kernels/testdata/hash.ts";
import { machinesOf } from "../../kernels/testdata/machines.ts";
import { runKernel } from "../../kernels/testdata/run-kernel.ts";
import { createRandom } from "../../tensor/random.ts";
import { size, vector } from "../arguments.ts";
import { kernel } from "../kernel.ts";
import { formulas } from "./formulas.ts";
import type { UnaryFormula } from "./testdata/bounds.ts";
import { bounds, powBound } from "./testdata/bounds.ts";
import { ulpAt } from "./testdata/ulp-at.ts";

const map = kernel("map", ({ op }: { readonly op: UnaryFormula }) => ({
  signature: { x: vector(), y: vector(), n: size() },
  build(k, { x, y, n }) {
    k.items(() => k.vectors(n, (i, part) => k.store(y, i, k[op](k.load(x, i, part)), part)));
  },
}));

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

describe.each(Object.keys(formulas).filter((op): op is UnaryFormula => op !== "pow"))("%s", (op) => {
  const { exact, ulp } = bounds[op];

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

const power = kernel("power", (_: Readonly<Record<never, never>>) => ({
  signature: { x: vector(), y: vector(), z: vector(), n: size() },
  build(k, { x, y, z, n }) {
    k.items(() => k.vectors(n, (i, part) => k.store(z, i, k.pow(k.load(x, i, part), k.load(y, i, part)), part)));
  },
}));

/** Math.pow but for the two cases where IEEE 754 has 1. */
const exactPower = (x: number, y: number): number =>
  x === 1 || (x === -1 && !Number.isFinite(y) && !Number.isNaN(y)) ? 1 : x ** y;

describe.each([false, true])("pow, fused %s", (fused) => {
  const powerOf = (x: Float32Array, y: Float32Array, name = "wasm"): Float32Array[] =>
    machinesOf(fused)
      .filter(({ target }) => name === "" || target.name.startsWith(name))
      .map((machine) => {
        const args = { x, y, z: new Float32Array(x.length), n: x.length };
        return runKernel(power.build({}, machine.target), machine, args, { items: 1 }).z;
      });

  test(`is within ${powBound} ulp of f64`, () => {
    const random = createRandom("pow");
    const bases = samples(200_000, "pow x").map((x, i) => (i % 3 === 0 ? Math.abs(x) : x));
    const exponents = bases.map((x, i) => {
      if (i % 4 === 0) return random.int(-20, 21);
      const range = 150 / Math.max(Math.abs(Math.log2(Math.abs(x))), 0.01);
      return random.uniform() * (Number.isFinite(range) ? range : 3);
    });
    const [z] = powerOf(bases, exponents) as [Float32Array];
    let [worst, at] = [0, ""];
    z.forEach((value, i) => {
      const expected = exactPower(bases[i]!, exponents[i]!);
      const error = Object.is(Math.fround(expected), value) ? 0 : Math.abs(value - expected) / ulpAt(expected);
      if (!(error <= worst)) [worst, at] = [error, `${bases[i]} ** ${exponents[i]}: ${value}, not ${expected}`];
    });
    expect(worst, at).toBeLessThanOrEqual(powBound);
  });

  test("edges, on all machines", () => {
    const inf = Number.POSITIVE_INFINITY;
    const edge = [0, 1, 0.5, 2, 3, 2.5, 2 ** -149, 2 ** 24, 3e38, inf].flatMap((v) => [v, -v]).concat(Number.NaN);
    const x = Float32Array.from(edge.flatMap((a) => edge.map(() => a)));
    const y = Float32Array.from(edge.flatMap(() => edge));
    const results = powerOf(x, y, "");
    expect(new Set(results.map(hash)).size).toBe(1);
    results[0]?.forEach((value, i) => {
      const expected = Math.fround(exactPower(x[i]!, y[i]!));
      const close = Object.is(expected, value) || Math.abs(value - expected) <= powBound * ulpAt(expected);
      expect(close, `${x[i]} ** ${y[i]}: ${value}, not ${expected}`).toBe(true);
    });
  });
});
